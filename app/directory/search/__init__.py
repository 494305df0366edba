"""Filters and sorting as SQL."""
