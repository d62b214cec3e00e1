"""lotopt coherence: a design against every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lotopt.commands import options, say

if TYPE_CHECKING:
    from lotopt.territory.parts import Layer


@click.command()
@click.argument("design")
@click.option("--against", help="One layer, or a design (by name or CSV) seen as a layer; all layers unless given.")
@click.option("--territory", default="england-wales", show_default=True, help="Embedded place or territory.toml.")
@click.option("--measure", help="What shares are weighted by; the first measure unless given.")
@options.as_json
@options.debug
def coherence(design: str, against: str | None, territory: str, measure: str | None, as_json: bool) -> int:
    """Hold a design against every boundary layer.

    DESIGN is a design of the territory by name, or a CSV file with the columns area, lot.
    """
    from lotopt.core.errors import InputError, did_you_mean
    from lotopt.study.ground import find_design
    from lotopt.study.judge import coherence as measured
    from lotopt.territory.coherence import as_layer
    from lotopt.territory.places import load_territory

    ground = load_territory(territory)
    plan = find_design(design, ground)
    if measure is not None and measure not in ground.measures:
        known = sorted(ground.measures)
        raise InputError("--measure", f"no measure '{measure}' in {territory}; {did_you_mean(measure, known)}")
    layers: list[str | Layer] | None = None
    if against in ground.layers:
        layers = [str(against)]
    elif against is not None:
        if against not in ground.designs and not against.endswith(".csv"):
            known = [*sorted(ground.layers), *sorted(ground.designs)]
            raise InputError("--against", f"no layer or design '{against}'; {did_you_mean(against, known, 30)}")
        other = find_design(against, ground, "--against")
        layers = [as_layer(other.partition(against))]
    found = measured(plan, measure, layers)
    if as_json:
        from lotopt.study.result import coherence_entry

        content: dict[str, Any] = {"design": design, "lots": len(plan)}
        say.document(content | coherence_entry(found, plan.lots).model_dump(mode="json"))
        return 0
    click.echo(f"{plan.title or design}\n")
    click.echo(str(found))
    return 0
