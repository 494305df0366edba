"""Invoices: issued, numbered, paid, credited, printed."""
