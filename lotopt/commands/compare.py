"""lotopt compare: scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lotopt.commands import options, say

if TYPE_CHECKING:
    from lotopt.study.run import Outcome


@click.command()
@click.argument("scenarios", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.out
@options.solving
@options.as_json
@options.debug
def compare(scenarios: tuple[Path, ...], out: Path, as_json: bool, **solver: object) -> int:
    """Run scenarios and set them side by side.

    The comparison is a table and a page; each scenario also gets a folder of its own.
    """
    from lotopt.commands.solver import overlaid
    from lotopt.report.compare import Entry, comparison, write_comparison
    from lotopt.report.folder import check_folder, write_folder
    from lotopt.study.ground import check
    from lotopt.study.read import read_scenario
    from lotopt.study.run import DONE, run

    if len(scenarios) < 2:
        raise click.UsageError("give at least two scenarios")
    decided = [overlaid(read_scenario(file), **solver) for file in scenarios]
    check_folder(out)
    for scenario in decided:  # every mistake is told before the first long solve
        check(scenario)
    names = distinct_names(scenarios)
    outcomes: list[Outcome] = []
    for name, scenario in zip(names, decided, strict=True):
        with say.progress() as progress:
            outcomes.append(run(scenario, progress))
        write_folder(outcomes[-1], out / name)
        if outcomes[-1].interrupted:
            break
    found = [(name, outcome) for name, outcome in zip(names, outcomes, strict=False)]
    if as_json:
        from lotopt.study.result import result_document

        say.document({name: result_document(outcome).model_dump(mode="json") for name, outcome in found})
    entries = [Entry(name, o.design, o.awards) for name, o in found if o.design.plan is not None]
    for name, outcome in found:
        if outcome.design.plan is None:
            click.echo(f"{name}: {outcome}", err=True)
    if len(entries) > 1:
        measure = outcomes[0].ground.measure
        page = write_comparison(out / "compare.html", entries, measure=measure)
        if not as_json:
            click.echo(f"{comparison(entries, measure).as_text()}\n\nwritten:\n  {say.path(page)}")
    return next((outcome.exit_code for outcome in outcomes if outcome.exit_code != DONE), DONE)


def distinct_names(files: Sequence[Path]) -> list[str]:
    """What each scenario goes by: its file's name, with a number where two are alike."""
    names: list[str] = []
    for file in files:
        count = sum(1 for other in names if other == file.stem or other.startswith(f"{file.stem}-"))
        names.append(file.stem if not count else f"{file.stem}-{count + 1}")
    return names
