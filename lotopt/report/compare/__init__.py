"""Designs and runs side by side: what was given, its figures, and how they are shown."""
