"""lotopt new: a worked scenario to start from."""

from __future__ import annotations

from pathlib import Path

import click

from lotopt.commands import options, say

SCENARIO, BIDS = "scenario.toml", "bids.xlsx"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@options.debug
def new(folder: Path) -> int:
    """Write a scenario and a workbook for bids to start from.

    Nothing in DIR is overwritten.
    """
    from lotopt.core.errors import InputError
    from lotopt.core.lot import LotFacts
    from lotopt.market.template import write_template
    from lotopt.report.folder import check_folder
    from lotopt.study.examples import example

    there = [name for name in (SCENARIO, BIDS) if (folder / name).exists()]
    if there:
        raise InputError(str(folder), f"it holds {' and '.join(there)} already; name another folder")
    check_folder(folder)
    text = example("new/scenario.toml").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    write_template(folder / BIDS, tuple(LotFacts(f"L{k}") for k in range(1, 7)))
    with (folder / SCENARIO).open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    where = say.path(folder / SCENARIO)
    click.echo(f"Written: {where} and {say.path(folder / BIDS)}. Next:")
    click.echo(f"  1. read {where}; every line says what it does (lotopt rules lists all there is)")
    click.echo(f"  2. lotopt check {where}")
    click.echo(f"  3. lotopt run {where} -o {say.path(folder / 'out')}")
    click.echo(f"  4. fill in {BIDS} for the lots found, name it under [market], and run again")
    return 0
