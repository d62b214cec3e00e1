"""lotopt run: design, allocate, report."""

from __future__ import annotations

from pathlib import Path

import click

from lotopt.commands import options


@click.command()
@options.scenario_file
@options.out
@options.solving
@options.as_json
@options.debug
def run(scenario: Path, out: Path, as_json: bool, **solver: object) -> int:
    """Design lots, award them, write the report."""
    from lotopt.commands.execute import execute
    from lotopt.commands.solver import overlaid
    from lotopt.study.read import read_scenario

    return execute(overlaid(read_scenario(scenario), **solver), out, as_json)
