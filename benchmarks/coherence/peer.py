"""The same designs drawn by somebody else's chain: `reversible_recom` of gerrychain, in Python.

    python -m benchmarks.coherence.peer --lots 6 12 21        whole justice areas: ours beside theirs
    python -m benchmarks.coherence.peer --lots 12 --districts

It draws from the distribution of `lo.sample_designs` by the rule of Cannon, Duchin, Randall & Rule (2022): a tree
of two lots merged is cut with one over (the most cuts there may be x borders between the halves). So far fewer of its
steps change anything, and each takes longer; what it draws is what ours are held against.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

import lotopt as lo
from lotopt.core.clause import named
from lotopt.design.clause import DesignRule
from lotopt.design.sampled import Sampled, sampled
from lotopt.engine.prepare import prepare
from lotopt.engine.sample.convergence import effective_size

SIZE, ATOM = "size", "atom"
DESIGNS, THIN = 500, 200  # of the peer, for each number of lots
SEED = 7


def peer_designs(
    territory: lo.Territory, rules: Iterable[DesignRule], count: int, *, thin: int, burn: int, seed: int = 1
) -> np.ndarray:
    """Lots (count, n) of designs drawn by gerrychain, one every `thin` steps after `burn`, begun where ours begin.

    Asks for exactly one rule size_between, with both limits; lots that are pinned and areas in several pieces that
    stay together are not possible.
    """
    from gerrychain import MarkovChain, Partition
    from gerrychain.proposals import reversible_recom
    from gerrychain.updaters import Tally

    rules = named(rules)
    ground = sampled(territory, rules)
    sizes, marks = ground.graph.sums, ground.graph.marks
    if len(sizes) != 1 or len(marks) or ground.graph.exempt.any() or ground.pinned:
        raise ValueError("gerrychain's chain knows one limit on size and nothing else")
    low, high = max(float(ground.graph.low[0]), 0.0), float(ground.graph.high[0])
    middle, most = (low + high) / 2, _most_cuts(sizes[0], low, high)
    begun = lo.sample_designs(territory, rules, 1, seed=seed, chains=1, burn=0).of[0]
    first = np.zeros(sizes.shape[1], dtype=np.int64)
    first[ground.atom] = begun[ground.free]
    draw = random.Random(seed)

    def proposal(partition: Any, **given: Any) -> Any:
        return reversible_recom(
            partition, pop_col=SIZE, pop_target=middle, epsilon=(high - low) / 2 / middle,
            max_balanced_edge_cuts=most, rng=draw,
        )  # fmt: skip

    start = Partition(_graph(ground), dict(enumerate(first.tolist())), updaters={SIZE: Tally(SIZE, alias=SIZE)})
    of = np.zeros((count, len(territory)), dtype=np.int64)
    chain = MarkovChain(proposal, [], initial_partition=start, total_steps=burn + count * thin, rng=draw)
    for step, state in enumerate(chain, start=1 - burn):
        if step > 0 and step % thin == 0:
            label = np.zeros(len(first), dtype=np.int64)
            for lot, members in state.parts.items():
                label[[state.graph.node_data(v)[ATOM] for v in members]] = lot
            of[step // thin - 1] = label[ground.atom]
    return of


def _graph(ground: Sampled) -> Any:
    """The atoms and their borders as gerrychain wants them; it numbers them anew, so each keeps its number."""
    import networkx
    from gerrychain import Graph

    ptr, to = ground.graph.link_ptr, ground.graph.link_to
    found = networkx.Graph()
    found.add_nodes_from((v, {SIZE: float(size), ATOM: v}) for v, size in enumerate(ground.graph.sums[0]))
    found.add_edges_from((v, int(u)) for v in range(len(ptr) - 1) for u in to[ptr[v] : ptr[v + 1]])
    return Graph.from_networkx(found)


def _most_cuts(sizes: np.ndarray, low: float, high: float) -> int:
    """No tree of two lots merged has more legal cuts than this.

    Cut it at all b legal places: b + 1 pieces, which hang together like a tree, so that two of them at least are
    leaves. Of the weight W of both lots a leaf has at least low and, as what it is cut from has at most high, at
    least W - high. So W - 2 max(low, W - high) is left for the other b - 1 pieces, at most high - low whatever W is;
    and no b - 1 pieces are lighter than the b - 1 lightest atoms.
    """
    return 1 + int(np.searchsorted(np.cumsum(np.sort(sizes)), high - low, side="right"))


def main() -> None:
    """Print ours beside theirs: what they draw, with standard errors, and what it is worth for each second."""
    from benchmarks.coherence.settings import MEASURE, design_rules

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--lots", type=int, nargs="+", default=[6, 12, 21])
    asked.add_argument("--districts", action="store_true", help="districts in place of whole justice areas")
    given = asked.parse_args()
    territory = lo.load_territory("england-wales")
    prepare()
    print("| lots | drawn by | designs | CPU s | worth, borders | worth/s | borders cut | inertia, 1e9 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for lots in given.lots:
        rules = design_rules(lots, whole=not given.districts)
        began = time.process_time()
        ours = lo.sample_designs(territory, rules, seed=SEED)
        ended = time.process_time()
        _tell(lots, "lotopt", MEASURE, ours, ended - began)
        theirs = peer_designs(territory, rules, DESIGNS, thin=THIN, burn=20 * THIN, seed=SEED)
        once = np.zeros(DESIGNS, dtype=np.int64)
        told = lo.Ensemble(territory, ours.rules, ours.lots, theirs, once, "", (), THIN, 20 * THIN, SEED)
        _tell(lots, "gerrychain", MEASURE, told, time.process_time() - ended)


def _tell(lots: int, who: str, measure: str, ensemble: lo.Ensemble, seconds: float) -> None:
    cut, inertia = ensemble.cut_borders, ensemble.values(lo.goals.Compactness(measure=measure)) / 1e9
    worth = effective_size(cut, ensemble.chain)
    shown = [
        f"{values.mean():.2f} ± {values.std() / effective_size(values, ensemble.chain) ** 0.5:.2f}"
        for values in (cut, inertia)
    ]
    print(
        f"| {lots} | {who} | {len(ensemble):,} | {seconds:.1f} | {worth:,.0f} | {worth / seconds:,.1f} | "
        f"{' | '.join(shown)} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
