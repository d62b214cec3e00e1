"""lotopt check: every problem, no solver."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lotopt.commands import options, say

if TYPE_CHECKING:
    from lotopt.study.ground import Ground


@click.command()
@options.scenario_file
@options.as_json
@options.debug
def check(scenario: Path, as_json: bool) -> int:
    """Tell every problem of a scenario and its files; no solver."""
    from lotopt.study.ground import check as checked
    from lotopt.study.read import read_scenario

    ground = checked(read_scenario(scenario))
    if as_json:
        say.document(_found(ground))
        return 0
    click.echo(f"{scenario} can be run.")
    territory = ground.land
    if territory is not None:
        click.echo(f"{territory.title}: {len(territory)} areas, {len(territory.borders.a)} borders and links")
        for note in territory.notes:
            click.echo(f"  note: {note}")
    if ground.fixed is not None:
        click.echo(f"The design is given: {ground.fixed.title}, {len(ground.fixed)} lots")
    if ground.base is not None:
        click.echo(f"The report sets the lots beside: {ground.base.title}, {len(ground.base)} lots")
    for section, sentences in _sentences(ground).items():
        click.echo(f"\n{section}")
        for sentence in sentences:
            click.echo(f"  {sentence}")
    market, schedules = ground.market, ground.schedules
    offers = [] if market is None else [(str(market), market.notes)]
    offers += [] if schedules is None else [(str(schedules), schedules.remarks)]
    for title, notes in offers:
        click.echo(f"\n{title}")
        for note in notes:
            click.echo(f"  note: {note}")
    return 0


def _sentences(ground: Ground) -> dict[str, list[str]]:
    scenario = ground.scenario
    parts = {"Rules of lot design": scenario.design.rules, "Goals of lot design": scenario.design.goals}
    if scenario.allocation is not None:
        goals = "Goals of awards, in their order" if scenario.allocation.in_order else "Goals of awards"
        parts |= {"Rules of awards": scenario.allocation.rules, goals: scenario.allocation.goals}
        parts |= {"Ties, in their order": scenario.allocation.ties}
    return {section: [clause.explain() for clause in clauses] for section, clauses in parts.items() if clauses}


def _found(ground: Ground) -> dict[str, Any]:
    land = ground.land
    return {
        "title": ground.scenario.title,
        "territory": None
        if land is None
        else {"title": land.title, "areas": len(land), "borders": len(land.borders.a)},
        "base": None if ground.base is None else ground.base.title,
        "notes": [] if land is None else list(land.notes),
        "sentences": _sentences(ground),
        "market": None if ground.market is None else str(ground.market),
        "schedules": None if ground.schedules is None else str(ground.schedules),
        "schedule_notes": [] if ground.schedules is None else list(ground.schedules.remarks),
    }
