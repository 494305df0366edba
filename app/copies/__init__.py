"""Copies of a whole installation: to another engine and back, and as a backup."""
