"""Markets: providers and their bids, read from files or simulated."""
