"""What a scenario file may hold: every section, kind and field, for people and for editors."""

from __future__ import annotations

import math
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lotopt.core.clause import Clause, Goal
from lotopt.core.reading import plain
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.study.read import sections
from lotopt.study.scenario import (
    AllocationPart,
    ExplainPart,
    JointPart,
    MarketPart,
    ReleasePart,
    ReportPart,
    Scenario,
)


@dataclass(frozen=True)
class ClauseField:
    """A field of a clause: its name in files, what it holds, its default (None: it is needed) and its meaning."""

    name: str
    type: str
    default: str | None
    description: str

    @property
    def default_words(self) -> str:
        return ", needed" if self.default is None else f", {self.default} unless given"


def clause_fields(model: type[BaseModel]) -> tuple[ClauseField, ...]:
    """The fields of a clause or table, in the words of files."""
    return tuple(
        ClauseField(info.alias or name, type_words(info.annotation), _default(info), info.description or "")
        for name, info in model.model_fields.items()
        if not info.exclude and name != "kind"
    )


def unit_words(model: type[Clause]) -> str | None:
    """The unit of a goal before its weight, with `<field>` where it depends on a field; None for a rule."""
    if not issubclass(model, Goal):
        return None
    fields: dict[str, Any] = {name: f"<{name}>" for name, info in model.model_fields.items() if info.is_required()}
    return model.model_construct(**fields).unit


def type_words(annotation: Any) -> str:
    """A type as people say it: `number`, `list of text`, `amount or share`."""
    plain_types = {float: "number", int: "whole number", str: "text", bool: "true or false", type(None): "nothing"}
    if annotation in plain_types:
        return plain_types[annotation]
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return type_words(inside[0])
    if origin is typing.Literal:
        return " or ".join(str(word) for word in inside)
    if origin in (tuple, list):
        return f"list of {type_words(inside[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"table of {type_words(inside[1])}"
    if inside:
        words = [type_words(part) for part in inside if part is not type(None)]
        return " or ".join(dict.fromkeys(words))
    return {"Decimal": "amount"}.get(getattr(annotation, "__name__", ""), "table")


def _default(info: FieldInfo) -> str | None:
    if info.is_required():
        return None
    value = info.get_default(call_default_factory=True)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "no limit" if value == float("inf") else plain(value)
    if isinstance(value, tuple | list | Mapping) and not value:
        return "none"
    return "''" if value == "" else str(value)


def scenario_schema() -> dict[str, Any]:
    """The JSON schema of scenario files, made from the models that read them."""
    definitions: dict[str, Any] = {}
    clauses = {section: _clauses(section, kinds, definitions) for section, kinds in sections().items()}
    design = {"fixed_design": {"type": "string", "description": "a design of the territory by name, or a CSV file"}}
    dropped = {"const": False, "description": "drop what is inherited"}
    properties = {
        "title": {"type": "string"},
        "extends": {"type": "string", "description": "another scenario file; this one holds only the difference"},
        "territory": {"type": "string", "description": str(Scenario.model_fields["territory"].description)},
        "solver": _table(SolverOptions, definitions),
        "design": _closed(design | {"rules": clauses["design.rules"], "goals": clauses["design.goals"]}),
        "market": {"anyOf": [_table(MarketPart, definitions), dropped]},
        "allocation": {
            "anyOf": [
                _closed(
                    {
                        "in_order": {
                            "type": "boolean",
                            "description": str(AllocationPart.model_fields["in_order"].description),
                        },
                        "rules": clauses["allocation.rules"],
                        "goals": clauses["allocation.goals"],
                        "ties": clauses["allocation.ties"],
                    }
                ),
                dropped,
            ]
        },
        "joint": {"anyOf": [_table(JointPart, definitions), dropped]},
        "explain": _table(ExplainPart, definitions),
        "report": _table(ReportPart, definitions),
        "release": {"anyOf": [_table(ReleasePart, definitions), dropped]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A lotopt scenario",
        "description": "Everything decided before solving.",
        **_closed(properties),
        "$defs": dict(sorted(definitions.items())),
    }


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _clauses(section: str, kinds: Mapping[str, type[Clause]], definitions: dict[str, Any]) -> dict[str, Any]:
    """A section of clauses: a key that is a kind needs none, any other key says its kind."""
    references = {kind: _table(model, definitions) for kind, model in kinds.items()}
    spelt = [{"allOf": [reference, {"required": ["kind"]}]} for reference in references.values()]
    definitions[section] = {"anyOf": [*spelt, {"const": False, "description": "drop an inherited clause"}]}
    named = {"$ref": f"#/$defs/{section}"}
    return {
        "type": "object",
        "properties": {kind: {"anyOf": [reference, named]} for kind, reference in references.items()},
        "additionalProperties": named,
    }


def clause_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of one clause or table; JSON has no infinity, so a limit that is none has no default."""
    found: dict[str, Any] = _finite(model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}"))
    if issubclass(model, Clause):  # a clause is named by its key
        found["properties"].pop("name", None)
    return found


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items() if not _infinite(inner)}
    return [_finite(inner) for inner in value if not _infinite(inner)] if isinstance(value, list) else value


def _infinite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _table(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """A model as a named definition; its own definitions are taken along."""
    schema = clause_schema(model)
    definitions.update(schema.pop("$defs", {}))
    name = model.__name__
    if definitions.get(name, schema) != schema:  # a rule and a goal of the same name
        name += "Goal" if issubclass(model, Goal) else "Rule"
    definitions[name] = schema
    return {"$ref": f"#/$defs/{name}"}
