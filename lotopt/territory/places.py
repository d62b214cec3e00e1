"""Places that come with `lotopt`, and the way from a name or a path to a territory."""

from __future__ import annotations

from pathlib import Path

from lotopt.core.errors import InputError, did_you_mean
from lotopt.territory.read import FILE, read_territory
from lotopt.territory.territory import Territory


def geodata() -> Path | None:
    """The folder of embedded places: in the installed package, else at the top of the checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "geodata", package.parent / "geodata"):
        if folder.is_dir():
            return folder
    return None


def embedded() -> tuple[str, ...]:
    """The names of the places that come with `lotopt`."""
    folder = geodata()
    if folder is None:
        return ()
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{FILE}")))


def load_territory(name_or_path: str | Path) -> Territory:
    """An embedded place by its name, or the territory of a folder or a `territory.toml`.

    Raises InputError when there is neither, and for every problem in the territory's files.
    """
    given = str(name_or_path)
    folder = geodata()
    if folder is not None and given in embedded():
        return read_territory(folder / given)
    path = Path(name_or_path)
    if path.is_file() and path.suffix.lower() == ".toml":
        return read_territory(path)
    if path.is_dir() and (path / FILE).is_file():
        return read_territory(path)
    if path.is_dir():
        raise InputError(given, f"territory: the folder '{given}' holds no {FILE}")
    if path.is_file():
        raise InputError(given, f"territory: '{given}' is no {FILE}; write one that names it under [areas]")
    raise InputError(given, f"territory: no place or file '{given}'; {did_you_mean(given, embedded())}")
