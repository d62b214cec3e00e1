"""Territories: polygons or tables come in, plain arrays go out."""
