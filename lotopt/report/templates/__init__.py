"""The templates of the pages, and how they are filled: everything that comes from data is escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

# Marks and overrides of direction (Unicode TR 9); letters know their own direction without them.
_TURNS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def render(template: str, **values: Any) -> str:
    """A template filled with values; a value that is missing raises instead of showing nothing.

    Characters that turn the direction of the text around them are left out: a name turns nothing but itself.
    """
    return _environment().get_template(template).render(**values).translate(_TURNS)


def own_text(name: str) -> str:
    """A style sheet or script of this package, as it is put into a page."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def own_scripts(*names: str) -> str:
    """Scripts of this package one after another, each in a function of its own that begins with shared.js."""
    shared = own_text("shared.js")
    return "".join(f'"use strict";\n(() => {{\n{shared}{own_text(name)}}})();\n' for name in names)


def policy(style: str, script: str) -> str:
    """A content security policy that allows these two texts and nothing else: no request can leave the page."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@cache
def _environment() -> Environment:
    from jinja2 import DictLoader, Environment, StrictUndefined

    # One loader that needs no file system: the package may lie in a zip file.
    pages = [item for item in files(__package__).iterdir() if item.name.endswith(".html")]
    folder = {item.name: item.read_text(encoding="utf-8") for item in pages}
    made = Environment(
        loader=DictLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
    return made
