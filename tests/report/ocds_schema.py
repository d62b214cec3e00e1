"""The schema that a release package is held against: OCDS 1.1.5 with the extensions for lots and bids, from files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT4

SCHEMAS = Path(__file__).with_name("ocds")
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_moment(value: object) -> bool:
    """RFC 3339: a day, a time and a zone."""
    if not isinstance(value, str):
        return True
    try:
        return "T" in value and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """With a scheme, and something behind it."""
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return bool(parts.scheme and (parts.netloc or parts.path)) and not any(letter.isspace() for letter in value)


def merged(target: Any, patch: Any) -> Any:
    """JSON merge patch, RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


@cache
def release_schema() -> dict[str, Any]:
    """The schema of a release with both extensions."""
    schema = _read("release-schema.json")
    for extension in ("bids-extension.json", "lots-extension.json"):
        schema = merged(schema, _read(extension))
    return schema


@cache
def _validator() -> Draft4Validator:
    # a registry without a way to fetch: a schema that is not here is an error, not a request
    release, package = release_schema(), _read("release-package-schema.json")
    registry = Registry().with_resource(release["id"], DRAFT4.create_resource(release))
    return Draft4Validator(package, registry=registry, format_checker=FORMATS)


def _read(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def faults(package: Any) -> list[str]:
    """Every place where a release package does not keep the schema, and every field that the schema does not know."""
    found = [f"{error.json_path}: {error.message}" for error in _validator().iter_errors(package)]
    schema = release_schema()
    for number, release in enumerate(package.get("releases", [])):
        found += [f"releases[{number}].{place}: no such field" for place in _unknown(release, schema, schema)]
    return found


def _unknown(value: Any, schema: Any, root: Any, at: str = "") -> Iterator[str]:
    """Fields that no schema describes: OCDS lets them pass, and they are slips of the pen."""
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for key, inner in value.items():
            place = f"{at}.{key}" if at else key
            if key in known:
                yield from _unknown(inner, known[key], root, place)
            else:
                yield place
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unknown(inner, schema.get("items", {}), root, f"{at}[{number}]")
