"""Count the candidate lots of the worked example: `python -m benchmarks.count` (about two minutes).

Every connected set of atoms within the size limits is walked through and handed out once; none is kept.
"""

from __future__ import annotations

import numpy as np

import lotopt as lo
from lotopt.design.problem import contract, resolve
from lotopt.engine.columns import trail
from lotopt.engine.columns.connected import walk
from lotopt.engine.columns.pricing import prices_of
from lotopt.study.examples import example

ROOM = 1_000_000


def candidate_lots(scenario: lo.Scenario) -> int:
    """How many lots keep every rule about single lots."""
    territory = lo.load_territory(scenario.territory)
    resolved = resolve(territory, scenario.design.rules, ())
    program = contract(territory, resolved).problem.program
    _, prices = prices_of(program, np.zeros(program.slots), np.zeros(program.atoms), 1.0)
    prices = prices._replace(prune=False)
    path, found = trail.new_trail(program), trail.new_found(program, ROOM)
    count = 0
    while True:
        outcome, _ = walk(program, path, prices, found, 10_000_000)
        count += int(path.at[trail.FOUND])
        path.at[trail.FOUND] = 0
        if outcome == trail.DONE:
            return count


if __name__ == "__main__":
    print(f"{candidate_lots(lo.read_scenario(example('probation/six_coherent.toml'))):,} candidate lots")
