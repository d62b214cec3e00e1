"""What every floor shares: errors, clauses, readings, results. Knows no areas, no bids and no solver."""
