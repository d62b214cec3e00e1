"""lotopt audit: a plan made by hand, measured; no solver."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lotopt.commands import options, say

if TYPE_CHECKING:
    from lotopt.core.reading import Audit
    from lotopt.report.before_after import BeforeAfter

BROKEN = 6


@click.command()
@options.scenario_file
@click.option(
    "--lots",
    "design",
    help="CSV with the columns area, lot; or the name of a design of the territory. None where the market has lots.",
)
@click.option(
    "--awards",
    help="CSV with the columns lot, provider and, if wanted, price, or bid; or the awards.csv of a run.",
)
@options.base
@options.as_json
@options.debug
def audit(scenario: Path, design: str | None, awards: str | None, base: str | None, as_json: bool) -> int:
    """Measure a plan made by hand; no solver.

    The plan is held against the rules and goals of a scenario; with --awards those of allocation too, and every
    price against what was bid or what the schedules ask. Exit code 6 where a rule is broken.
    """
    from lotopt.core.reading import plain
    from lotopt.study.awards import audit_awards, read_awards
    from lotopt.study.ground import check, find_design
    from lotopt.study.judge import audit as judged
    from lotopt.study.read import read_scenario

    decided = options.with_base(read_scenario(scenario), base)
    if decided.alone and (design is not None or awards is None):
        raise click.UsageError(f"{scenario} brings its own lots: name a file with --awards, and no --lots")
    if not decided.alone and design is None:
        raise click.UsageError("Missing option '--lots': name the lots to measure.")
    ground = check(decided)
    plan = None if design is None else find_design(design, ground.territory, "--lots")
    won = None if awards is None else read_awards(awards, ground, plan)
    if won is not None:
        found = audit_awards(ground, plan, won)
    else:
        assert plan is not None  # held just above
        found = judged(plan, ground.rules, ground.goals)
    change = None
    if plan is not None and ground.base is not None:
        from lotopt.report.summary import change_of

        change = change_of(plan, ground.base, ground.measure, decided.report.layers)
    if as_json:
        from lotopt.study.result import audit_entry

        document = audit_entry(found).model_dump(mode="json") | {"objective": found.objective}
        say.document(document if change is None else document | {"base": _entry(change)})
        return 0 if found.ok else BROKEN
    if plan is not None:
        click.echo(f"{design}: {len(plan)} lots on {ground.territory.title}")
    if won is not None:
        click.echo(f"{awards}: {len(won)} awards at {plain(won.total_price)} GBP a year")
    click.echo(str(found))
    allocation = ground.scenario.allocation
    asked = ground.rules if won is None or allocation is None else (*ground.rules, *allocation.rules)
    goals = ground.goals if won is None or allocation is None else allocation.goals
    if found.objective is not None and goals:
        click.echo(f"objective: {plain(found.objective)}")
    click.echo(_verdict(found, len(asked)))
    if change is not None:
        click.echo("\n" + "\n".join(change.lines()))
    if won is None and allocation is not None:
        click.echo("awards were not measured: name their file with --awards")
    return 0 if found.ok else BROKEN


def _entry(change: BeforeAfter) -> dict[str, Any]:
    """What changes beside the base, for a program to read."""
    moves = change.moves
    return {
        "title": moves.title,
        "moved_areas": int(moves.moved.sum()),
        "moved_share": moves.moved_share,
        "sentences": [*change.sentences],
        "lots": {each.title: each.text for each in change.lots},
        "layers": {each.title: each.text for each in change.layers},
    }


def _verdict(found: Audit, asked: int) -> str:
    if found.ok:
        return "every rule kept"
    broken = len({reading.clause for reading in found.broken})
    wrong = f"{len(found.faults)} {'fault' if len(found.faults) == 1 else 'faults'} found" if found.faults else ""
    return "; ".join(filter(None, [f"{broken} of {asked} rules broken" if broken else "", wrong]))
