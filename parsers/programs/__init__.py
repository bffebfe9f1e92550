"""Steps to small programs of acts, cases and checks; `reader` puts it together."""
