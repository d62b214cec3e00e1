"""lotopt compare: scenarios side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lotopt.commands import options, say

if TYPE_CHECKING:
    from lotopt.study.run import Outcome
    from lotopt.study.scenario import Scenario


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
    from lotopt.core.interrupt import uninterrupted
    from lotopt.report.folder import check_folder
    from lotopt.study.ground import check
    from lotopt.study.read import read_scenario
    from lotopt.study.run import DONE, INTERRUPTED

    if len(scenarios) < 2:
        raise click.UsageError("give at least two scenarios")
    decided = [overlaid(read_scenario(file), **solver) for file in scenarios]
    check_folder(out)
    alone = [str(file) for file, scenario in zip(scenarios, decided, strict=True) if scenario.alone]
    if alone:
        raise click.UsageError(f"{' and '.join(alone)} brings its own lots, and lots on a map are compared")
    for scenario in decided:  # every mistake is told before the first long solve
        check(scenario)
    with uninterrupted() as held:  # what was found is written and told, whatever is pressed meanwhile
        found, whole = _runs(dict(zip(distinct_names(scenarios), decided, strict=True)), out)
        _tell(found, out, as_json)
        if held.came or not whole:
            click.echo("interrupted; what was found so far is written", err=True)
            return INTERRUPTED
    return next((outcome.exit_code for _, outcome in found if outcome.exit_code != DONE), DONE)


def _runs(scenarios: Mapping[str, Scenario], out: Path) -> tuple[list[tuple[str, Outcome]], bool]:
    """What came of each scenario, its folder written; and whether none was interrupted."""
    from lotopt.commands.execute import written
    from lotopt.study.run import run

    found: list[tuple[str, Outcome]] = []
    for name, scenario in scenarios.items():
        try:
            with say.progress() as progress:
                outcome = run(scenario, progress)
        except KeyboardInterrupt:
            if not found:
                raise
            return found, False
        written(outcome, out / name)
        found.append((name, outcome))
        if outcome.interrupted:
            return found, False
    return found, True


def _tell(found: Sequence[tuple[str, Outcome]], out: Path, as_json: bool) -> None:
    """The table on stdout and the page, or the documents."""
    from lotopt.report.compare import Entry, comparison, write_comparison

    if as_json:
        from lotopt.study.result import result_document

        say.document({name: result_document(outcome).model_dump(mode="json") for name, outcome in found})
    entries = [Entry(name, o.design, o.awards) for name, o in found if o.design is not None and o.plan is not None]
    for name, outcome in found:
        if outcome.plan is None:
            click.echo(f"{name}: {outcome}", err=True)
    if len(entries) > 1:
        measure = found[0][1].ground.measure
        page = write_comparison(out / "compare.html", entries, measure=measure)
        if not as_json:
            click.echo(f"{comparison(entries, measure).as_text()}\n\nwritten:\n  {say.path(page)}")


def distinct_names(files: Sequence[Path]) -> list[str]:
    """What each scenario goes by: its file's name, with a number where two are alike."""
    names: list[str] = []
    for file in files:
        count = sum(1 for other in names if other == file.stem or other.startswith(f"{file.stem}-"))
        names.append(file.stem if not count else f"{file.stem}-{count + 1}")
    return names
