"""lotopt audit: a plan made by hand, measured; no solver."""

from __future__ import annotations

from pathlib import Path

import click

from lotopt.commands import options, say

BROKEN = 6


@click.command()
@options.scenario_file
@click.option(
    "--lots",
    "design",
    required=True,
    help="CSV with the columns area, lot; or the name of a design of the territory.",
)
@options.as_json
@options.debug
def audit(scenario: Path, design: str, as_json: bool) -> int:
    """Measure a plan made by hand; no solver.

    The plan is held against the rules and goals of a scenario. Exit code 6 where a rule is broken.
    """
    from lotopt.core.reading import plain
    from lotopt.study.ground import check, find_design
    from lotopt.study.judge import audit as judged
    from lotopt.study.read import read_scenario

    ground = check(read_scenario(scenario))
    plan = find_design(design, ground.territory, "--lots")
    found = judged(plan, ground.rules, ground.goals)
    if as_json:
        from lotopt.study.result import audit_entry

        say.document(audit_entry(found).model_dump(mode="json") | {"objective": found.objective})
        return 0 if found.ok else BROKEN
    click.echo(f"{design}: {len(plan)} lots on {ground.territory.title}")
    click.echo(str(found))
    if found.objective is not None and ground.goals:
        click.echo(f"objective: {plain(found.objective)}")
    broken = len({reading.clause for reading in found.broken})
    click.echo("every rule kept" if found.ok else f"{broken} of {len(ground.rules)} rules broken")
    return 0 if found.ok else BROKEN
