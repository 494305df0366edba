"""Owners: the people who look after an organization's seats, and how they sign in."""
