"""The problem as data: atoms, links, columns' measures, rows; and the same problem made smaller."""
