"""Handing over: the outbox's way to the seller's platform.

An invoice goes as a file, and money that moved at one goes as a JSON document: into a folder, or by
a signed call. Each has a key under which a platform takes it once, however often it comes.
"""
