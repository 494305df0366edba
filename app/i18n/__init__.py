"""Languages: the catalogues of texts, the choice of a language, and how it writes days and money.

Adding a language is adding a folder of catalogues, named by its BCP 47 tag.
"""
