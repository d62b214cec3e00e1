"""Lot design: which areas form which lots."""
