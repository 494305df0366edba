"""Contracts and their terms: signed, amended, renewed."""
