"""What pydantic found, in the scenario file's own words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sized
from typing import Any

from pydantic import BaseModel, ValidationError

from lotopt.core.errors import did_you_mean

# Kinds of pydantic error and what was wanted instead, in words that a person who has never seen Python can use.
_WANTED = {
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "an amount",
    "decimal_parsing": "an amount",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a table { ... }",
    "mapping_type": "a table { ... }",
    "model_type": "a table { ... }",
    "model_attributes_type": "a table { ... }",
    "dataclass_type": "a table { ... }",
    "none_required": "nothing",
}
_LIMITS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def fields_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields a clause or table has, by the names files use."""
    names = [info.alias or name for name, info in model.model_fields.items() if not info.exclude]
    return tuple(name for name in names if name != "kind")


def plain_problems(error: ValidationError, where: str, model: type[BaseModel]) -> list[str]:
    """Every problem of a validation as a sentence that begins with `where`; never the library's own text."""
    wanted: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    said: list[str] = []
    for found in error.errors(include_url=False):
        field = _field(found["loc"])
        kind = found["type"]
        if kind in _WANTED:  # a field of several types fails once per type: told as one problem
            wanted.setdefault(field, []).append(_WANTED[kind])
            given[field] = found["input"]
            continue
        said.append(f"{where}: {_sentence(kind, field, found, _inner(model, found['loc']))}")
    for field, kinds in wanted.items():
        choice = " or ".join(dict.fromkeys(kinds))
        said.append(f"{where}: {_quoted(field, given[field])}; {choice} is wanted")
    return list(dict.fromkeys(said))


def _sentence(kind: str, field: str, found: Mapping[str, Any], model: type[BaseModel]) -> str:
    context = found.get("ctx", {})
    if kind == "extra_forbidden":
        return no_field(field, model)
    if kind == "missing":
        return f"needs the field {field}"
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return f"{_quoted(field, found['input'])}; it must be {words} {context[name]:g}"
    if kind in ("literal_error", "enum"):
        return f"{_quoted(field, found['input'])}; possible: {str(context['expected']).replace(' or ', ', ')}"
    if kind in ("value_error", "assertion_error"):
        return f"{field}: {context['error']}" if field else str(context["error"])
    if kind in ("too_short", "string_too_short"):
        return f"{field} needs at least {context['min_length']}, and has {_length(found['input'])}"
    if kind in ("too_long", "string_too_long"):
        return f"{field} may have at most {context['max_length']}, and has {_length(found['input'])}"
    text = re.sub(r"^(Input|Value|String|Number) should (be |have |match )?", "", str(found["msg"]))
    return f"{_quoted(field, found['input'])}; wanted: {text}"


def no_field(field: str, model: type[BaseModel]) -> str:
    """Say that a table has no such field, and which it has."""
    has = ", ".join(fields_of(model))
    name = field.rsplit(".", 1)[-1]
    return f"no field {name}; it has: {has}" if has else f"no field {name}; it has none"


def no_kind(kind: str, section: str, kinds: Mapping[str, Collection[str]]) -> str:
    """Say that a section has no such kind of clause, and what may have been meant; `kinds` are those per section."""
    said = f"no kind '{kind}'"
    here = did_you_mean(kind, sorted(kinds[section]), most=30)
    if here.startswith("did you mean"):
        return f"{said}; {here}"
    for other, words in kinds.items():
        there = did_you_mean(kind, sorted(words))
        if other != section and there.startswith("did you mean"):
            return f"{said}; {there} It goes under [{other}]"
    return f"{said}; {here}"


def _field(location: tuple[int | str, ...]) -> str:
    """Where in a table, as `field`, `field.inner` or `field, entry 2`; names of union branches are left out."""
    text = ""
    for step in location:
        if isinstance(step, int):
            text += f", entry {step + 1}"
        elif step not in _BRANCHES and not re.search(r"[\[(]|^function-|^constrained-", step):
            text += f".{step}" if text else step
    return text


# How pydantic names the branches of a union in a location.
_BRANCHES = {"float", "int", "str", "bool", "none", "decimal"}


def _inner(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that the last step of a location belongs to."""
    import typing

    for step in location[:-1]:
        info = model.model_fields.get(str(step))
        kinds = [info.annotation, *typing.get_args(info.annotation)] if info else []
        model = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), model)
    return model


def _length(value: object) -> int:
    return len(value) if isinstance(value, Sized) else 0


def _quoted(field: str, value: object) -> str:
    shown = "true" if value is True else "false" if value is False else repr(value)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    return f"{field} is {shown}" if field else shown
