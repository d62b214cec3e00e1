"""Everything decided before solving, as one text file: read, checked, run and written back."""
