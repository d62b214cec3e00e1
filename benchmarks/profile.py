"""Where the time of one solve goes: seconds by phase, sets walked through a second, and with `--calls` by function.

    python -m benchmarks.profile [INSTANCE] [--calls]
"""

from __future__ import annotations

import cProfile
import pstats

import click

from benchmarks.engine import by_engine, warm_up
from benchmarks.instances import ground_of
from benchmarks.registry import INSTANCES, named
from benchmarks.terms import Task, Terms

NAMES = [instance.name for instance in INSTANCES]


@click.command()
@click.argument("name", type=click.Choice(NAMES), default="national-12-border", metavar="[NAME]")
@click.option("--calls", is_flag=True, help="The twenty functions that take the most time of their own.")
def main(name: str, calls: bool) -> None:
    """Solve one instance by the engine and tell what took how long."""
    instance = named(name)
    task = Task(instance, ground_of(instance), Terms(instance.limit, 1e-4, 1, 1))
    click.echo(f"kernels ready after {warm_up()} s")
    with cProfile.Profile() as profile:
        outcome = by_engine(task)
    for phase, seconds in outcome.phases:
        click.echo(f"{phase:24}{seconds:9.3f} s")
    priced = sum(seconds for phase, seconds in outcome.phases if phase == "relax")
    if outcome.walked and priced:
        speed = outcome.walked / priced
        click.echo(f"{outcome.walked:,} sets walked through, {speed:,.0f} a second of relaxing (its LPs included)")
    if calls:
        pstats.Stats(profile).sort_stats("tottime").print_stats(20)


if __name__ == "__main__":
    main()
