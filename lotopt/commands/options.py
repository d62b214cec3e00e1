"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from lotopt.study.scenario import Scenario

F = TypeVar("F", bound=Callable[..., Any])


def _remember_debug(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        context.find_root().meta["debug"] = True


debug = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_remember_debug,
    help="Show the traceback of a fault.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
out = click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for the results.",
)
base = click.option("--base", help="Tell what changes beside a design of the territory, by name or as a CSV file.")
scenario_file = click.argument("scenario", type=click.Path(path_type=Path))


def with_base(scenario: Scenario, base: str | None) -> Scenario:
    """The scenario with the base that was given; a file is taken from the folder one is in."""
    from lotopt.study.merge import absolute

    if base is None:
        return scenario
    if scenario.alone:
        raise click.UsageError(f"{scenario.source} brings its own lots, and --base is set beside lots on a map")
    return scenario.with_base(absolute(base, Path.cwd(), always=False))


def solving(command: F) -> F:
    """The options that change how a scenario is solved, not what is decided."""
    for option in reversed(
        (
            click.option("--time-limit", type=float, help="Seconds for each solve; the best plan so far is kept."),
            click.option("--gap", type=float, help="Wanted gap as a fraction, such as 0.0001."),
            click.option("--seed", type=int, help="Seed of the searches."),
            click.option("--threads", type=int, help="Threads the solver may use."),
            click.option("--solver", help="highs, cbc or any solver PuLP knows by name."),
        )
    ):
        command = option(command)
    return command
