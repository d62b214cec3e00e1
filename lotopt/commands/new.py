"""lotopt new: a worked scenario to start from."""

from __future__ import annotations

from pathlib import Path

import click

from lotopt.commands import options, say

SCENARIO, BIDS, SCHEDULES = "scenario.toml", "bids.xlsx", "schedules.xlsx"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@options.debug
def new(folder: Path) -> int:
    """Write a scenario and workbooks for bids and price schedules to start from.

    Nothing in DIR is overwritten.
    """
    from lotopt.core.errors import InputError
    from lotopt.core.lot import LotFacts
    from lotopt.market.schedule_template import write_schedule_template
    from lotopt.market.template import write_template
    from lotopt.report.folder import check_folder
    from lotopt.study.examples import example
    from lotopt.study.read import read_scenario
    from lotopt.territory.places import load_territory

    there = [name for name in (SCENARIO, BIDS, SCHEDULES) if (folder / name).exists()]
    if there:
        raise InputError(str(folder), f"it holds {' and '.join(there)} already; name another folder")
    check_folder(folder)
    text = example("new/scenario.toml").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    write_template(folder / BIDS, tuple(LotFacts(f"L{k}") for k in range(1, 7)))
    territory = load_territory(read_scenario(example("new/scenario.toml")).territory)
    write_schedule_template(folder / SCHEDULES, tuple(territory.measures))
    with (folder / SCENARIO).open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    where = say.path(folder / SCENARIO)
    written = [where, *(say.path(folder / name) for name in (BIDS, SCHEDULES))]
    click.echo(f"Written: {', '.join(written)}. Next:")
    click.echo(f"  1. read {where}; every line says what it does (lotopt rules lists all there is)")
    click.echo(f"  2. lotopt check {where}")
    click.echo(f"  3. lotopt run {where} -o {say.path(folder / 'out')}")
    click.echo(f"  4. fill in {BIDS} for the lots found, name it under [market], and run again")
    click.echo(f"  or, before there are bids, fill in {SCHEDULES} and decide lots and providers together: [joint]")
    return 0
