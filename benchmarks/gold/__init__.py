"""The parsers' gold standard: documents, hand labels, and the scorer (see README.md)."""
