"""Where candidate lots are too many to be walked through: good plans, and the best bound that can be told."""

from __future__ import annotations

from collections.abc import Callable

from lotopt.core.reading import plain
from lotopt.engine.clock import Clock
from lotopt.engine.narrow import along_frontier
from lotopt.engine.pricing import Columns
from lotopt.engine.search import Searched, search
from lotopt.engine.standing import PartitionAnswer, Standing
from lotopt.engine.writing import parts_of

# seconds of further search where nothing can be proven and no time limit is given
SEARCH_ON = 20.0


def beyond(standing: Standing, searched: Searched, choose: Callable[[Columns], None]) -> PartitionAnswer:
    """Along a frontier where the map is narrow; else search on, and recombine the columns met.

    `choose` looks for a better plan among columns.
    """
    return along_frontier(standing, searched) or _search_on(standing, searched, choose)


def _search_on(standing: Standing, searched: Searched, choose: Callable[[Columns], None]) -> PartitionAnswer:
    """Recombine the columns met. No bound is claimed."""
    clock, problem = standing.clock, standing.problem
    why = "candidate lots are too many for the time" if clock.left() is not None else "candidate lots are too many"
    standing.notes.append(f"{why} to walk through all of them: the plan comes from local search, without a bound")
    columns = [searched.columns]
    with clock.phase("search on") as note:
        limit = Clock(SEARCH_ON) if clock.left() is None else clock.part(0.7)
        again = search(
            problem,
            standing.options.seed + 1,
            rounds=1000,
            steps=4000 + 100 * problem.program.atoms,
            stop=limit.over,
            tell=standing.tell("search on"),
        )
        if again.plan is not None:
            standing.keep(parts_of(again.plan), again.cost)
        columns.append(again.columns)
        note("no plan found" if standing.cost is None else f"plan of {plain(standing.cost)}")
    if not clock.over() and any(len(some) for some in columns):
        with clock.phase("recombine"):
            choose(Columns.join(columns))
    return standing.judged()
