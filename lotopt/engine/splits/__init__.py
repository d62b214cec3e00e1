"""Agencies that may be split: how few splits there must be, and plans that have no more."""
