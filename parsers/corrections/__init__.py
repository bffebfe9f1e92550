"""Corrections made by hand to a specification; `applying` puts it together."""
