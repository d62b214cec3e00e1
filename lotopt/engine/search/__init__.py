"""Local search over partitions of some hundred atoms."""
