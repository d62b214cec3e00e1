"""Benchmarks: frozen instances, peers in the same run, known optima. `python -m benchmarks.run`; see README.md."""
