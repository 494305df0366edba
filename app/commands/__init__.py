"""The vendor's commands, one module for each noun."""
