"""Printed pages to Markdown by where things stand on them; `pages` puts it together."""
