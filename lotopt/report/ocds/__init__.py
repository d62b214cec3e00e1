"""release.json: a draft in the Open Contracting Data Standard, OCDS 1.1 with the extensions for lots and bids."""
