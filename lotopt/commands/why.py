"""lotopt why: which rules cannot hold together."""

from __future__ import annotations

from pathlib import Path

import click

from lotopt.commands import options, say


@click.command()
@options.scenario_file
@options.solving
@options.as_json
@options.debug
def why(scenario: Path, as_json: bool, **solver: object) -> int:
    """Tell which rules cannot hold together and what would help, or that they can."""
    from lotopt.commands.solver import overlaid
    from lotopt.core.result import Status
    from lotopt.study.read import read_scenario
    from lotopt.study.run import DONE, code_of, run

    decided = overlaid(read_scenario(scenario), **solver)
    with say.progress() as progress:
        outcome = run(decided, progress)
    conflict = [line for result in outcome.solves for line in result.conflict]
    statuses = [result.status for result in outcome.solves]
    if as_json:
        told = {"statuses": [str(status) for status in statuses], "conflict": conflict}
        say.document({**told, "what_would_help": list(outcome.relaxations)})
    elif Status.INFEASIBLE in statuses:
        what = "lots" if outcome.design is not None and outcome.design.plan is None else "awards"
        click.echo(f"No {what} can be made; these cannot hold together:")
        for line in conflict:
            click.echo(f"  - {line}")
        if outcome.relaxations:
            click.echo("What would help:")
        for line in outcome.relaxations:
            click.echo(f"  - {line}")
    elif Status.UNKNOWN in statuses:
        click.echo("Neither a plan nor a conflict was found in the time; give it more with --time-limit.")
    else:
        click.echo("The rules can hold together: a plan exists.")
    return max(DONE if result.plan is not None else code_of(result) for result in outcome.solves)
