"""Random partitions into connected columns, from a distribution that is known."""
