"""Files of a scenario: how they are named to people, and their fingerprints."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def shown(name: str) -> str:
    """A path as a person here would type it: relative where it lies below the current folder."""
    if not os.path.isabs(name):
        return name
    near = os.path.relpath(name)
    return name if near.startswith("..") else near


def file_hash(path: Path) -> str:
    """SHA-256 of a file; line ends of text do not count, so that it is the same on every machine."""
    data = path.read_bytes()
    if path.suffix.lower() in (".csv", ".toml", ".json", ".geojson", ".txt"):
        data = data.replace(b"\r\n", b"\n")
    return hashlib.sha256(data).hexdigest()
