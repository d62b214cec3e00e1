"""Thousands of atoms: coarse to fine, by annealed shifts."""
