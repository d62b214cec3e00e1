"""Writing TOML: only what scenario files hold, each clause on one line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any


def toml_text(table: Mapping[str, Any], sections: Sequence[str], comments: Mapping[str, str] | None = None) -> str:
    """A TOML document: plain values first, then each dotted name of `sections` that the table has as [section].

    Tables that are not named as sections are written inline on one line. `comments` go above keys and sections.
    """
    said = comments or {}
    lines = list(_values(table, sections, "", said))
    for section in sections:
        inner: Any = table
        for step in section.split("."):
            inner = inner.get(step, {}) if isinstance(inner, Mapping) else {}
        body = list(_values(inner, sections, section, said))
        if body:
            lines += ["", *_comment(said, section), f"[{section}]", *body]
    return "\n".join(lines).lstrip("\n") + "\n"


def _values(table: Mapping[str, Any], sections: Sequence[str], at: str, comments: Mapping[str, str]) -> list[str]:
    lines = []
    for key, value in table.items():
        path = f"{at}.{key}" if at else key
        if value is None or path in sections:
            continue
        lines += [*_comment(comments, path), f"{_key(key)} = {toml_value(value)}"]
    return lines


def _comment(comments: Mapping[str, str], path: str) -> list[str]:
    return [f"# {line}" for line in comments[path].splitlines()] if path in comments else []


def toml_value(value: Any) -> str:
    """A value as TOML holds it in one line. Raises TypeError for what TOML cannot hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        # JSON's escapes are TOML's, except that JSON leaves the delete character bare
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(k)} = {toml_value(v)}" for k, v in value.items() if v is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(toml_value(v) for v in value)}]"
    raise TypeError(f"TOML holds no {type(value).__name__}")


def _number(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else toml_value(key)
