"""English without a statistical model; `pipeline` puts it together."""
