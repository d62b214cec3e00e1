"""The runner: every instance by the engine and by its peers in one run; checks, table, picture and result file.

    python -m benchmarks.run [--full] [--only NAME ...] [--peer NAME ...] [--limit SECONDS] [--write]
    python -m benchmarks.run --instance FILE ...
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from benchmarks.checks import Known, faults, known_optima, write_known
from benchmarks.folder import read_instance
from benchmarks.instances import Instance, fingerprint, ground_of
from benchmarks.judge import judge
from benchmarks.machine import machine
from benchmarks.outcome import ENGINE, Outcome, outcome
from benchmarks.peers.registry import PEERS
from benchmarks.registry import INSTANCES, QUICK_LIMIT, named
from benchmarks.results import RESULTS, document, save, write_readme
from benchmarks.table import table
from benchmarks.terms import Terms
from benchmarks.watch import solve_apart
from lotopt.core.errors import InputError

# Seconds for a process to start, to read the instance and to load kernels.
STARTING = 4.0


@dataclass(frozen=True)
class Wanted:
    """An instance with the peers to ask and the terms for all; `file` where it came from one."""

    instance: Instance
    peers: tuple[str, ...]
    terms: Terms
    file: str | None = None


@dataclass(frozen=True)
class Compared:
    """One instance: what the engine and each peer reached, and what is wrong with it, if anything."""

    instance: str
    fingerprint: str
    known: float | None
    outcomes: tuple[Outcome, ...]
    faults: tuple[str, ...]
    warm_up_seconds: float | None = None


def compare(wanted: Wanted, *, memory_gb: float = 8.0) -> Compared:
    """Solve one instance by the engine, then by each peer, each in its own process; judge and compare the answers."""
    instance, terms = wanted.instance, wanted.terms
    ground = ground_of(instance)
    outcomes: list[Outcome] = []
    warm = None
    for solver in (ENGINE, *wanted.peers):
        seen = solve_apart(solver, instance.name, terms, file=wanted.file, memory_gb=memory_gb)
        plan = seen.attempt.plan if seen.attempt else None
        judged = None if plan is None else judge(instance, ground, plan)
        outcomes.append(outcome(solver, seen, judged, terms, outcomes[0] if outcomes else None))
        warm = seen.warm_up_seconds if solver == ENGINE else warm
    mark = fingerprint(instance, ground)
    known = known_optima().get(instance.name) if wanted.file is None else None
    if instance.known is not None:
        known = Known(instance.known, "")
    wrong = faults(outcomes, terms.gap, known, mark)
    return Compared(instance.name, mark, known.objective if known else None, tuple(outcomes), tuple(wrong), warm)


def run(wanted: Iterable[Wanted], *, memory_gb: float = 8.0) -> Iterator[Compared]:
    """Compare instance by instance."""
    for one in wanted:
        yield compare(one, memory_gb=memory_gb)


def chosen(full: bool, only: Sequence[str], terms: Terms, limit: float | None) -> list[Wanted]:
    """The instances of a profile, or those named, with their peers and limits."""
    found = [named(name) for name in only] if only else [i for i in INSTANCES if full or i.quick is not None]
    quick = not (full or only)
    return [
        Wanted(
            instance,
            (instance.quick or ()) if quick else instance.peers,
            replace(terms, limit=limit or (QUICK_LIMIT if quick else instance.limit)),
        )
        for instance in found
    ]


def from_files(files: Sequence[Path], terms: Terms, limit: float | None) -> list[Wanted]:
    """The instances of files. Raises InputError with every problem of the first file that has any."""
    found = []
    for file in files:
        instance = read_instance(file)
        found.append(
            Wanted(instance, instance.peers, replace(terms, limit=limit or instance.limit), str(file.resolve()))
        )
    return found


def _longest(wanted: Iterable[Wanted]) -> float:
    """Seconds if every solver uses its limit, and some seconds to start."""
    return sum((one.terms.limit + STARTING) * (1 + len(one.peers)) for one in wanted)


@click.command()
@click.option("--full", is_flag=True, help="All instances and peers with long limits, not only the quick ones.")
@click.option("--only", multiple=True, type=click.Choice([i.name for i in INSTANCES]), metavar="NAME",
              help="Only this instance, with all its peers.")
@click.option("--instance", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help="An instance in a TOML file, or the folder that holds it.")
@click.option("--peer", "peers", multiple=True, type=click.Choice([*PEERS, "none"]), metavar="NAME",
              help="Only this peer; 'none': the engine alone.")
@click.option("--limit", type=click.FloatRange(min=0, min_open=True), help="Seconds for each solver.")
@click.option("--gap", type=click.FloatRange(min=0), default=1e-4, show_default=True, help="Wanted gap, a fraction.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--memory", type=click.FloatRange(min=0.5), default=8.0, show_default=True,
              help="GB that a solver may hold.")
@click.option("-o", "--output", help="Write the results: a file, or 'latest' for benchmarks/results/latest.json.")
@click.option("--write", is_flag=True, help="Keep the results, and make tables and pictures of the README from them.")
@click.option("--learn", is_flag=True, help="Add optima that this run has proven to known.csv.")
def main(
    full: bool,
    only: tuple[str, ...],
    files: tuple[Path, ...],
    peers: tuple[str, ...],
    limit: float | None,
    gap: float,
    seed: int,
    threads: int,
    memory: float,
    output: str | None,
    write: bool,
    learn: bool,
) -> None:
    """Run the benchmarks. Exit 1 where answers contradict each other or a known optimum, or our audit fails."""
    begun = time.perf_counter()
    terms = Terms(QUICK_LIMIT, gap, seed, threads)
    try:
        wanted = from_files(files, terms, limit) if files else chosen(full, only, terms, limit)
    except InputError as error:
        raise click.UsageError(str(error)) from None
    if peers:
        wanted = [replace(one, peers=tuple(p for p in peers if p != "none")) for one in wanted]
    profile = "files" if files else "chosen" if only else "full" if full else "quick"
    about = {**machine(), "profile": profile, "seed": seed, "threads": threads, "gap": gap, "memory_limit_gb": memory}
    about["asked"] = shlex.join(sys.argv[1:])
    click.echo("\n".join(f"{key}: {value}" for key, value in about.items()) + "\n")
    click.echo(f"at most {_longest(wanted) / 60:,.0f} minutes if every solver uses its whole limit\n")
    lines = table()
    click.echo(next(lines))
    done: list[Compared] = []
    for compared in run(wanted, memory_gb=memory):
        done.append(compared)
        for one in compared.outcomes:
            click.echo(lines.send((compared.instance, one)))
        about["seconds"] = round(time.perf_counter() - begun, 1)
        if output is not None:  # after every instance, so that a long run that is stopped leaves what it has
            save(RESULTS / "latest.json" if output == "latest" else Path(output), document(about, done))
    click.echo(f"\n{len(done)} instances in {about.get('seconds', 0.0)} s")
    wrong = [f"{compared.instance}: {fault}" for compared in done for fault in compared.faults]
    if learn and not wrong:
        write_known((c.instance, c.fingerprint, c.outcomes) for c in done)
    if write:
        if profile not in ("quick", "full"):
            raise click.UsageError("--write goes with a whole profile: leave out --only, --instance")
        save(RESULTS / f"{profile}.json", document(about, done))
        write_readme()
    if wrong:
        raise click.ClickException("; ".join(wrong))


if __name__ == "__main__":
    main()
