"""Columns: walked through, priced, cut, written down, and the LP bound over all of them."""
