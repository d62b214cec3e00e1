"""Columns and who makes them, at once."""
