"""Lots and awards decided together."""
