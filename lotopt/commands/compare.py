"""lotopt compare: designs and runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lotopt.commands import options, say

if TYPE_CHECKING:
    from lotopt.report.compare.comparison import Comparison
    from lotopt.report.compare.entry import Entry
    from lotopt.report.compare.given import Wanted
    from lotopt.study.run import Outcome


@click.command()
@click.argument("designs", nargs=-1, required=True)
@click.option("--against", metavar="BASE", help="What the others are held against; the first unless given.")
@click.option("--territory", help="Of designs by name and of drawn lots, where no scenario or run says it.")
@click.option("--measure", help="What shares are weighted by; as the base's scenario unless given.")
@options.out
@options.solving
@options.as_json
@options.debug
def compare(
    designs: tuple[str, ...],
    against: str | None,
    territory: str | None,
    measure: str | None,
    out: Path,
    as_json: bool,
    **solver: object,
) -> int:
    """Set any number of designs and runs side by side.

    DESIGNS are scenario files (run, each with a folder of its own), folders of earlier runs (read, not run again),
    CSV files with the columns area, lot, and designs of the territory by name, in any mix.
    """
    from lotopt.commands.solver import overlaid
    from lotopt.core.interrupt import uninterrupted
    from lotopt.report.compare.given import with_base
    from lotopt.report.folder import check_folder
    from lotopt.study.read import read_scenario
    from lotopt.study.run import DONE, INTERRUPTED
    from lotopt.study.scenario import Scenario

    overlaid(Scenario(), **solver)  # a wrong option is told once, not of every scenario
    check_folder(out)
    found, base = with_base(designs, against, territory, lambda file: overlaid(read_scenario(file), **solver))
    if len(found) < 2:
        raise click.UsageError("give at least two designs, runs or scenarios; or one, and --against")
    _check_measure(measure, found)
    _check_folders(found, out)
    with uninterrupted() as held:  # what was found is written and told, whatever is pressed meanwhile
        entries, outcomes, whole = _runs(found, out)
        _tell(entries, base, measure or "", out, as_json)
        if held.came or not whole:
            click.echo("interrupted; what was found so far is written", err=True)
            return INTERRUPTED
    return next((outcome.exit_code for outcome in outcomes if outcome.exit_code != DONE), DONE)


def _check_measure(measure: str | None, found: Sequence[Wanted]) -> None:
    from lotopt.core.errors import InputError, did_you_mean

    known = sorted(found[0].territory.measures)
    if measure is not None and measure not in known:
        raise InputError("--measure", f"no measure '{measure}'; {did_you_mean(measure, known)}")


def _check_folders(found: Sequence[Wanted], out: Path) -> None:
    """Raise InputError where a run would be written over one that is read."""
    from lotopt.core.errors import InputError
    from lotopt.report.folder import check_folder

    read = {Path(each.source).resolve(): each.source for each in found if each.earlier}
    for each in found:
        if each.scenario is None:
            continue
        folder = out / each.name
        check_folder(folder)
        if folder.resolve() in read:
            raise InputError(
                "the command line",
                f"--out: {each.source} would be written over {read[folder.resolve()]}; name another",
            )


def _runs(found: Sequence[Wanted], out: Path) -> tuple[list[Entry], list[Outcome], bool]:
    """Every entry, scenarios run and their folders written; and whether none was interrupted.

    After an interruption nothing more is run; what needs no run is there all the same.
    """
    from lotopt.commands.execute import written
    from lotopt.study.run import run

    entries: list[Entry] = []
    outcomes: list[Outcome] = []
    whole = True
    for each in found:
        if each.entry is not None:
            entries.append(each.entry)
            continue
        if not whole:
            continue
        assert each.scenario is not None
        try:
            with say.progress() as progress:
                outcome = run(each.scenario, progress)
        except KeyboardInterrupt:
            if not outcomes:
                raise
            whole = False
            continue
        written(outcome, out / each.name)
        outcomes.append(outcome)
        entries.append(each.of(outcome))
        whole = not outcome.interrupted
    return entries, outcomes, whole


def _tell(entries: Sequence[Entry], base: str, measure: str, out: Path, as_json: bool) -> None:
    """The table on stdout and the files, or the document."""
    from lotopt.report.compare.comparison import Comparison

    for entry in entries:
        if entry.plan is None:
            why = "".join(f"\n  - {line}" for line in entry.design.conflict)
            click.echo(f"{entry.name}: {entry.verdict}{why}", err=True)
    if not any(entry.plan is not None for entry in entries):
        if as_json:
            from lotopt.report.compare.files import without_plans

            say.document(without_plans(entries))
        return
    known = base if any(entry.name == base and entry.plan is not None for entry in entries) else ""
    if not known:
        click.echo(f"{base} has no plan to be held against; the first that has one is the base", err=True)
    found = Comparison.of(entries, against=known, measure=measure)
    files = found.write(out)
    if as_json:
        say.document(found.document())
    else:
        _show(found, files)


def _show(found: Comparison, files: Sequence[Path]) -> None:
    click.echo(str(found))
    click.echo("\nwritten:")
    for file in files:
        click.echo(f"  {say.path(file)}")
