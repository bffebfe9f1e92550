"""Where a sentence names its circumstances and its outcomes; `marking` puts it together."""
