"""lotopt rules: every rule and goal, its sentence, fields and units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lotopt.commands import options, say

if TYPE_CHECKING:
    from lotopt.core.clause import Clause


@click.command()
@click.argument("kind", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON schema of scenario files, for editors.")
@options.as_json
@options.debug
def rules(kind: str | None, schema: bool, as_json: bool) -> int:
    """List every rule and goal, or the fields of one KIND."""
    from lotopt.core.errors import InputError, did_you_mean
    from lotopt.study.read import sections
    from lotopt.study.schema import clause_fields, scenario_schema, unit_words

    if schema:
        say.document(scenario_schema())
        return 0
    found = [(section, model) for section, kinds in sections().items() for model in kinds.values()]
    if kind is not None:
        known = [_kind(model) for _, model in found]
        found = [(section, model) for section, model in found if _kind(model) == kind]
        if not found:
            raise InputError("rules", f"no kind '{kind}'; {did_you_mean(kind, known, 40)}")
    if as_json:
        say.document([_entry(section, model) for section, model in found])
        return 0
    before = ""
    for section, model in found:
        if section == TIES:
            continue
        if section != before:
            click.echo(f"{chr(10) if before else ''}[{section}]")
            before = section
        click.echo(f"  {_kind(model):<20} {_sentence(model)}")
        if kind is not None:
            if (unit := unit_words(model)) is not None:
                click.echo(f"    in {unit}, times weight")
            for field in clause_fields(model):
                click.echo(f"    {field.name:<16} {field.type}{field.default_words}  {field.description}".rstrip())
    if kind is None:
        click.echo(f"\n[{TIES}]\n  any goal of allocation, in the order in which they choose among equals")
    return 0


TIES = "allocation.ties"
"""Holds the goals of allocation once more."""


def _kind(model: type[Clause]) -> str:
    return str(model.model_fields["kind"].default)


def _sentence(model: type[Clause]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _entry(section: str, model: type[Clause]) -> dict[str, Any]:
    from lotopt.study.schema import clause_schema

    return {"section": section, "kind": _kind(model), "sentence": _sentence(model), "schema": clause_schema(model)}
