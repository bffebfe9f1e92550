"""Condition phrases to conditions over shared variables; `lexicon` puts it together."""
