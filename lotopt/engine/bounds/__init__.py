"""Bounds where columns cannot be walked through."""
