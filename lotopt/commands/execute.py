"""Running a scenario and telling what came of it: what `demo` and `run` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lotopt.commands import say

if TYPE_CHECKING:
    from lotopt.study.run import Outcome
    from lotopt.study.scenario import Scenario


def execute(scenario: Scenario, out: Path, as_json: bool) -> int:
    """Run a scenario, write its folder and print what it found; the exit code."""
    from lotopt.core.interrupt import uninterrupted
    from lotopt.report.folder import check_folder
    from lotopt.study.run import INTERRUPTED, run

    check_folder(out)
    with uninterrupted() as held:  # what was found is written and told, whatever is pressed meanwhile
        with say.progress() as progress:
            outcome = run(scenario, progress)
        files = written(outcome, out)
        if as_json:
            from lotopt.study.result import result_document

            say.document(result_document(outcome).model_dump(mode="json"))
        else:
            tell(outcome, files)
        if held.came and not outcome.interrupted:
            click.echo("interrupted; what was found is written", err=True)
        return INTERRUPTED if held.came else outcome.exit_code


def written(outcome: Outcome, out: Path) -> tuple[Path, ...]:
    """Write a run's folder; a second Ctrl-C while it is written ends that."""
    from lotopt.report.folder import write_folder
    from lotopt.study.run import INTERRUPTED

    try:
        return write_folder(outcome, out)
    except KeyboardInterrupt:
        click.echo(f"interrupted twice; nothing in {say.path(out)} is half-written", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None


def tell(outcome: Outcome, files: tuple[Path, ...]) -> None:
    """What a run found, then where it is written, the report last."""
    from lotopt.report.exports import not_written

    if outcome.plan is None and (outcome.design is not None or outcome.awards is None or outcome.awards.plan is None):
        # why there is no plan is the one thing to read, so it goes where errors go
        click.echo(str(outcome), err=True)
    else:
        from lotopt.report.folder import summary_text

        click.echo(summary_text(outcome))
        if outcome.awards is not None and outcome.awards.plan is None:
            click.echo(str(outcome), err=True)
    if outcome.interrupted:
        any_plan = any(result.plan is not None for result in outcome.solves)
        found = "what was found so far is written" if any_plan else "there was no plan yet"
        click.echo(f"interrupted; {found}", err=True)
    click.echo("")
    for line in not_written(outcome, files):
        click.echo(line)
    click.echo("written:")
    for file in sorted(files, key=lambda file: (file.suffix == ".html", file.name)):
        click.echo(f"  {say.path(file)}")
