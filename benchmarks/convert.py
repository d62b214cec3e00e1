"""County graphs of US states as instances: `python -m benchmarks.convert XX_county_2020.json ... -o FOLDER`.

Reads the JSON of dual graphs with `node_fields` and `edge_fields` (county code, name, population, position in
degrees; the shared border in degrees) and writes a folder for each: instance.toml, areas.csv, borders.csv. The data
are not part of this repository.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

# Seats in the House of Representatives from 2023 (apportionment of the census of 2020), where there are two or more.
SEATS = {
    "AL": 7, "AR": 4, "AZ": 9, "CA": 52, "CO": 8, "CT": 5, "FL": 28, "GA": 14, "HI": 2, "IA": 4, "ID": 2, "IL": 17,
    "IN": 9, "KS": 4, "KY": 6, "LA": 6, "MA": 9, "MD": 8, "ME": 2, "MI": 13, "MN": 8, "MO": 8, "MS": 4, "MT": 2,
    "NC": 14, "NE": 3, "NH": 2, "NJ": 12, "NM": 3, "NV": 4, "NY": 26, "OH": 15, "OK": 5, "OR": 6, "PA": 17, "RI": 2,
    "SC": 7, "TN": 9, "TX": 38, "UT": 4, "VA": 11, "WA": 10, "WI": 8, "WV": 2,
}  # fmt: skip
GOALS = ("cut_edges", "border", "compact")
EARTH = 6_371_009.0  # mean radius in metres


def convert(
    file: Path, folder: Path, *, lots: int | None = None, around: float = 0.005, goal: str = "cut_edges",
    known: float | None = None, limit: float = 600.0,
) -> Path:  # fmt: skip
    """Write the instance of one state under `folder`; its folder. Raises ValueError where the lots are not known.

    Positions are laid on a plane about the middle of the state (equirectangular). Borders come in degrees whatever
    their direction, so their metres are approximate; cut borders are counted, which needs no length.
    """
    state = json.loads(file.read_text(encoding="utf-8"))
    code = state["name"].split("_")[0]
    lots = lots or SEATS.get(code)
    if not lots:
        raise ValueError(f"{file.name}: no number of lots for {code}; say it with --lots")
    nodes = [dict(zip(state["node_fields"], node, strict=True)) for node in state["nodes"]]
    edges = [dict(zip(state["edge_fields"], edge, strict=True)) for edge in state["edges"]]
    middle = math.radians(sum(node["lat"] for node in nodes) / len(nodes))
    degree = math.radians(1.0) * EARTH
    home = folder / f"{state['name']}-{lots}-{goal}"
    home.mkdir(parents=True, exist_ok=True)
    areas = [
        [n["geoid"], n["name"], n["pop"], round(n["lon"] * degree * math.cos(middle)), round(n["lat"] * degree)]
        for n in sorted(nodes, key=lambda n: n["geoid"])
    ]
    _write(home / "areas.csv", ["id", "name", "weight", "x", "y"], areas)
    each = degree * math.sqrt(math.cos(middle))  # between a degree of latitude and one of longitude
    lines = sorted(
        [*sorted((nodes[e["u"]]["geoid"], nodes[e["v"]]["geoid"])), round(e["shared_perim_deg"] * each, 1)]
        for e in edges
    )
    _write(home / "borders.csv", ["a", "b", "length"], lines)
    (home / "instance.toml").write_text(_toml(state["name"], lots, around, goal, known, limit), encoding="utf-8")
    return home


def _write(file: Path, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def _toml(name: str, lots: int, around: float, goal: str, known: float | None, limit: float) -> str:
    lines = [
        f'title = "{name}-{lots}-{goal}"',
        f"lots = {lots}",
        f'goal = "{goal}"',
        f"limit = {limit:g}",
        *([] if known is None else [f"known = {known!r}"]),
        "",
        "[limits]",
        f"around = {around!r}",
    ]
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path), help="Folder to write to.")
@click.option("--lots", type=click.IntRange(min=2), help="Number of lots; the state's seats unless given.")
@click.option("--around", type=float, default=0.005, show_default=True, help="Fraction of the mean a lot may miss.")
@click.option("--goal", type=click.Choice(GOALS), default="cut_edges", show_default=True)
@click.option("--known", type=float, help="A published optimum.")
@click.option("--limit", type=float, default=600.0, show_default=True, help="Seconds for each solver.")
def main(
    files: tuple[Path, ...], folder: Path, lots: int | None, around: float, goal: str, known: float | None,
    limit: float,
) -> None:  # fmt: skip
    """Write an instance folder for each file."""
    for file in files:
        try:
            click.echo(convert(file, folder, lots=lots, around=around, goal=goal, known=known, limit=limit))
        except ValueError as error:
            raise click.UsageError(str(error)) from None


if __name__ == "__main__":
    main()
