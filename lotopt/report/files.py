"""Files that are either the old one or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes) -> Path:
    """Write beside the file, then put it in its place in one step. Makes the folder where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        put_in_place(Path(name), path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def put_in_place(made: Path, path: Path) -> None:
    """Move a finished file over another, with the rights a new file would have."""
    mask = os.umask(0)
    os.umask(mask)
    made.chmod(0o666 & ~mask)
    os.replace(made, path)
