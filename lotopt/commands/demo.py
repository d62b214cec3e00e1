"""lotopt demo: the worked example on the embedded data."""

from __future__ import annotations

from pathlib import Path

import click

from lotopt.commands import options


@click.command()
@options.out
@options.solving
@options.as_json
@options.debug
def demo(out: Path, as_json: bool, **solver: object) -> int:
    """Run the worked example: six lots of England and Wales.

    Then the lots are awarded on a made-up market.
    """
    from lotopt.commands.execute import execute
    from lotopt.commands.solver import overlaid
    from lotopt.study.examples import example
    from lotopt.study.read import read_scenario

    scenario = read_scenario(example("probation/six_coherent.toml"))
    return execute(overlaid(scenario, **solver), out, as_json)
