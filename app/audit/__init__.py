"""Proves the invariants over a live database.

`proving.py` is the way in. One file for each noun says what must be true of it: mostly by a query
that finds the rows of which it is not; documents, money and days are recomputed in Python from rows
that are streamed. Nothing here calls the code that wrote what it looks at.
"""
