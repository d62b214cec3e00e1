"""One file per command: what it reads, the one call it makes, and what it prints."""
