"""The peers: how the same problem is solved without this engine, each under the name it has in the tables."""
