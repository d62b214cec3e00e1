"""Solvers and what they answer: linear programs, the master as a MILP, clocks and ties."""
