"""Sentences taken apart into circumstances and consequence; `analysis` puts it together."""
