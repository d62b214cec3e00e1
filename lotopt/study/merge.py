"""Files of nested tables, and variants that hold only their difference."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lotopt.core.errors import InputError
from lotopt.territory.places import embedded

Table = Mapping[str, Any]

LARGEST_FILE = 1_000_000  # bytes; a scenario is a page of text, so a larger file is a mistake or an attack
DEEPEST_CHAIN = 20

# Where a scenario names a file: taken from the folder of the file that says so.
_PATHS = (
    ("territory",),
    ("design", "fixed_design"),
    ("market", "file"),
    ("joint", "incumbents"),
    ("report", "base"),
)


def read_table(path: Path) -> dict[str, Any]:
    """The tables of a TOML file, or of a JSON file where the name ends in .json. Raises InputError."""
    source = str(path)
    try:
        if path.is_dir():
            raise InputError(source, "is a folder; name the scenario file in it")
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(source, f"is larger than {LARGEST_FILE:,} bytes; a scenario is a page of text")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(source, "there is no such file") from None
    except OSError as error:
        raise InputError(source, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(source, f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    return _parse(text, source, path.suffix.lower() == ".json")


def _parse(text: str, source: str, as_json: bool) -> dict[str, Any]:
    try:
        if as_json:
            found = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
        else:
            found = tomllib.loads(text)
    except RecursionError:
        raise InputError(source, "is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise InputError(source, f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(source, f"is not TOML: {error}") from None
    except ValueError as error:  # told by the two hooks below, or a number with too many digits
        raise InputError(source, f"is not usable: {error}") from None
    if not isinstance(found, dict):
        raise InputError(source, "holds no table at the top")
    return found


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key '{key}' is given twice")
        found[key] = value
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a number in JSON")


def merged_file(path: Path) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """A scenario file merged onto what it extends, its paths absolute, and every file that was read.

    Raises InputError for files that cannot be read and for scenarios that extend each other in a circle.
    """
    chain: list[Path] = []
    tables: list[dict[str, Any]] = []
    file: Path | None = path
    while file is not None:
        resolved = Path(os.path.abspath(file))
        if resolved in chain:
            circle = " extends ".join(p.name for p in [*chain[chain.index(resolved) :], resolved])
            raise InputError(str(path), f"extends: goes round in a circle: {circle}")
        if len(chain) == DEEPEST_CHAIN:
            raise InputError(str(path), f"extends: more than {DEEPEST_CHAIN} scenarios one upon another")
        table = read_table(file)
        chain.append(resolved)
        tables.append(_with_paths(table, resolved.parent))
        extends = table.get("extends")
        if extends is not None and (not isinstance(extends, str) or not extends):
            raise InputError(str(file), f"extends: is {extends!r}; the name of a scenario file is wanted")
        file = None if extends is None else _beside(path, file, extends)
    result: dict[str, Any] = {}
    for table in reversed(tables):
        result = merge(result, {key: value for key, value in table.items() if key != "extends"})
    return result, tuple(chain)


def _beside(first: Path, file: Path, extends: str) -> Path:
    target = file.parent / extends
    if not target.is_file():
        near = sorted(p.name for p in file.parent.glob("*.toml") if p.name != file.name)
        there = f"; beside it: {', '.join(near[:12])}" if near else ""
        raise InputError(str(first), f"extends: there is no file '{extends}' next to {file.name}{there}")
    return target


def merge(below: Table, above: Table) -> dict[str, Any]:
    """`above` laid over `below`: tables merge key by key, `false` drops what was inherited.

    A clause given again replaces the inherited one whole, so that it can be read where it stands; so does the
    source of a market, since a market comes from one place.
    """
    return _merge(below, above, ())


def _merge(below: Table, above: Table, at: tuple[str, ...]) -> dict[str, Any]:
    result = dict(below)
    if at == ("market",) and {"file", "simulate"} & above.keys():
        result = {key: value for key, value in result.items() if key not in ("file", "simulate")}
    for key, value in above.items():
        if value is False and key in result:
            del result[key]
        elif isinstance(value, Mapping) and len(at) < 2 and at != ("market",):
            inherited = result.get(key)
            result[key] = _merge(inherited if isinstance(inherited, Mapping) else {}, value, (*at, key))
        else:
            result[key] = value
    return result


def _with_paths(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same table with file names made absolute; embedded places and designs stay the names they are."""
    result = dict(table)
    for section, *rest in _PATHS:
        if not rest:
            if isinstance(result.get(section), str):
                result[section] = absolute(result[section], folder, always=False)
        elif isinstance(result.get(section), dict) and isinstance(result[section].get(rest[0]), str):
            result[section] = {
                **result[section],
                rest[0]: absolute(result[section][rest[0]], folder, always=section == "market"),
            }
    return result


def absolute(name: str, folder: Path, always: bool) -> str:
    """A file name as an absolute path; a plain word is a name, unless a file or folder goes by it.

    An embedded place stays itself whatever lies beside the scenario.
    """
    if not name or name.startswith("/vsi") or "://" in name:
        return name  # refused where it is read: only files are inputs
    is_word = not any(mark in name for mark in "/\\.")
    if is_word and not always and (name in embedded() or not (folder / name).exists()):
        return name
    return os.path.abspath(folder / name)
