"""The runner: every instance by the engine and by its peers in one run; checks, table, and a file when asked for.

    python -m benchmarks.run [--full] [--only NAME ...] [--limit SECONDS] [-o FILE | -o latest]
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks.checks import faults, known_optima, write_known
from benchmarks.engine import by_engine, warm_up
from benchmarks.instances import INSTANCES, QUICK, Award, Instance, fingerprint, named
from benchmarks.machine import machine
from benchmarks.outcome import Outcome
from benchmarks.peers import Terms, attempt
from benchmarks.table import table

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Compared:
    """One instance: what the engine and each peer reached, and what is wrong with it, if anything."""

    instance: str
    fingerprint: str
    known: float | None
    outcomes: tuple[Outcome, ...]
    faults: tuple[str, ...]


def compare(instance: Instance, *, limit: float | None, gap: float, seed: int, threads: int) -> Compared:
    """Solve one instance by the engine, then by each peer, and hold the answers against each other."""
    ground = instance.ground.market() if isinstance(instance, Award) else instance.ground.territory()
    terms = Terms(instance.limit if limit is None else limit, gap, seed, threads)
    ours = by_engine(instance, ground, terms)
    outcomes = [ours]
    for peer in instance.peers:
        tried = attempt(peer, instance, ground, terms)
        outcomes.append(Outcome.of_peer(peer, tried, terms, ours))
    mark = fingerprint(instance, ground)
    known = known_optima().get(instance.name)
    wrong = faults(outcomes, gap, known, mark)
    return Compared(instance.name, mark, known.objective if known else None, tuple(outcomes), tuple(wrong))


def run(
    instances: Iterable[Instance], *, limit: float | None = None, gap: float = 1e-4, seed: int = 1, threads: int = 1
) -> Iterator[Compared]:
    """Compare instance by instance."""
    for instance in instances:
        yield compare(instance, limit=limit, gap=gap, seed=seed, threads=threads)


def chosen(full: bool, only: Sequence[str]) -> list[Instance]:
    """The instances of a profile, or those named."""
    if only:
        return [named(name) for name in only]
    return [instance for instance in INSTANCES if full or instance.profile == QUICK]


@click.command()
@click.option("--full", is_flag=True, help="All instances with longer limits, not only the quick ones.")
@click.option("--only", multiple=True, type=click.Choice([i.name for i in INSTANCES]), help="Only this instance.")
@click.option("--limit", type=click.FloatRange(min=0, min_open=True), help="Seconds for each solver.")
@click.option("--gap", type=click.FloatRange(min=0), default=1e-4, show_default=True, help="Wanted gap, a fraction.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("-o", "--output", help="Write the results: a file, or 'latest' for benchmarks/results/latest.json.")
@click.option("--learn", is_flag=True, help="Add optima that this run has proven to known.csv.")
def main(
    full: bool,
    only: tuple[str, ...],
    limit: float | None,
    gap: float,
    seed: int,
    threads: int,
    output: str | None,
    learn: bool,
) -> None:
    """Run the benchmarks. Exit 1 where answers contradict each other or a known optimum, or an audit fails."""
    begun = time.perf_counter()
    about = {**machine(), "seed": seed, "threads": threads, "gap": gap, "warm_up_seconds": warm_up()}
    click.echo("\n".join(f"{key}: {value}" for key, value in about.items()) + "\n")
    lines = table()
    click.echo(next(lines))
    done = []
    for compared in run(chosen(full, only), limit=limit, gap=gap, seed=seed, threads=threads):
        done.append(compared)
        for outcome in compared.outcomes:
            click.echo(lines.send((compared.instance, outcome)))
    about["seconds"] = round(time.perf_counter() - begun, 1)
    click.echo(f"\n{len(done)} instances in {about['seconds']} s")
    wrong = [f"{compared.instance}: {fault}" for compared in done for fault in compared.faults]
    if learn and not wrong:
        write_known((c.instance, c.fingerprint, c.outcomes) for c in done)
    if output is not None:
        path = RESULTS / "latest.json" if output == "latest" else Path(output)
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {"run": about, "instances": [asdict(compared) for compared in done]}
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if wrong:
        raise click.ClickException("; ".join(wrong))


if __name__ == "__main__":
    main()
