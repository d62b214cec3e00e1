"""Allocation: which provider serves each lot."""
