"""Narrow maps: all columns as paths along the frontier of an atom order."""
