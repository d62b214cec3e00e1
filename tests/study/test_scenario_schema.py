"""The schema that editors complete scenario files by, and `lotopt rules`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lotopt.study.read import sections
from lotopt.study.schema import clause_fields, scenario_schema, type_words


def test_the_schema_names_every_kind_once():
    """Each section offers its own kinds by key, and any other key that says its kind."""
    schema = scenario_schema()
    for section, kinds in sections().items():
        part, group = section.split(".")
        table = schema["properties"][part]
        inner = table if "properties" in table else table["anyOf"][0]
        assert list(inner["properties"][group]["properties"]) == list(kinds)


def test_every_reference_of_the_schema_leads_somewhere():
    """Nested definitions are taken along."""
    schema = scenario_schema()
    names = set(schema["$defs"])

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"].removeprefix("#/$defs/")} if "$ref" in value else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    assert references(schema) <= names


def test_the_schema_is_json():
    """No infinity anywhere, whatever the defaults of clauses are."""
    json.dumps(scenario_schema(), allow_nan=False)


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (float, "number"),
        (int | None, "whole number"),
        (tuple[str, ...], "list of text"),
        (dict[str, tuple[str, ...]], "table of list of text"),
        (tuple[str, ...] | None, "list of text"),
    ],
)
def test_types_in_words(annotation: Any, words: str):
    """As a person would ask for them."""
    assert type_words(annotation) == words


def test_every_field_of_every_clause_can_be_told():
    """No field falls through to a word that says nothing, and none is the clause's own name."""
    for kinds in sections().values():
        for model in kinds.values():
            for field in clause_fields(model):
                assert field.type != "table", (model, field)
                assert field.name not in ("name", "kind")
