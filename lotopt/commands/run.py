"""lotopt run: design, allocate, report."""

from __future__ import annotations

from pathlib import Path

import click

from lotopt.commands import options


@click.command()
@options.scenario_file
@options.out
@options.solving
@click.option(
    "--explain",
    "everything",
    is_flag=True,
    help="Tell all there is to tell: prices of rules, of lots and awards; reasons, failure drill.",
)
@options.base
@options.as_json
@options.debug
def run(scenario: Path, out: Path, everything: bool, base: str | None, as_json: bool, **solver: object) -> int:
    """Design lots, award them, write the report."""
    from lotopt.commands.execute import execute
    from lotopt.commands.solver import overlaid
    from lotopt.study.read import read_scenario
    from lotopt.study.scenario import ExplainPart

    decided = options.with_base(overlaid(read_scenario(scenario), **solver), base)
    if everything:
        if decided.joint is not None:
            raise click.UsageError(
                f"--explain tells of lots or bids by themselves, and {scenario} decides both at once"
            )
        if decided.allocation is None and decided.fixed:
            raise click.UsageError(
                f"--explain tells of bids and of lots that are searched for; {scenario} has neither"
            )
        decided = decided.model_copy(update={"explain": ExplainPart.everything(decided.explain)})
    return execute(decided, out, as_json)
