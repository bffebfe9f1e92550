"""What the workflows of the sample policies decide, written down by a human reader.

In: the circumstances of a case, as keyword arguments. Out: the outcome, as a short string.
Each module holds one pure function for each workflow of one document in ``data/policies`` and
``WORKFLOWS``, which says by which words of the document a section, an argument or an outcome can be
recognised. Nothing here uses the parser, so that the parsed workflows can be checked against it.
The forms of ``WORKFLOWS`` are in ``tests.reference.forms``.
"""
