"""The blocks of a document to statements and the rules they make; `builder` puts it together."""
