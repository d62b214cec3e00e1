"""Pure mathematics: graphs, columns, rows. Knows no areas and no bids."""
