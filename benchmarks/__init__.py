"""Long measurements whose results are recorded here: each module is a `make` target."""
