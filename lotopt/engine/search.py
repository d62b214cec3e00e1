"""Local search over partitions: good plans fast, and the columns they are made of. A heuristic: it proves nothing.

Recombination (DeFord, Duchin & Solomon 2021): merge two neighbouring columns, draw a random spanning tree, cut it
where both halves are best. Shifts of single atoms, merges and splits in between; worse plans are accepted at times
(simulated annealing). Limits count as penalties, so that a search may start from any plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit

from lotopt.engine.measure import measure, violation
from lotopt.engine.pricing import Columns
from lotopt.engine.program import Floats, Ints, Partitioning, Program

BEST, NOW, COOL = 0, 1, 2  # places in the search's float state
CUTS = 12  # cuts of one tree that are measured in full


@dataclass(frozen=True)
class Searched:
    """The best legal plan met (None if none was), its cost, and distinct legal columns of good plans."""

    plan: Ints | None
    cost: float
    columns: Columns


def search(
    problem: Partitioning,
    seed: int,
    *,
    rounds: int = 4,
    steps: int = 4000,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[float], None] = lambda cost: None,
) -> Searched:
    """Search from `rounds` random plans, `steps` moves each. `plan` (n,) numbers each atom's column."""
    program = problem.program
    low, high = problem.fewest_and_most
    found: list[Ints] = []
    best: Ints | None = None
    best_cost = np.inf
    for number in range(rounds):
        state = np.array([seed * 1_000_003 + number * 7919 + 12345], dtype=np.int64)
        walker = _Walker(problem, state, low, high)
        for part in range(20):
            walker.run(steps // 20, 0.3 ** (1 + part / 4))
            if walker.best_cost < best_cost:
                best, best_cost = walker.best_label.copy(), walker.best_cost
                tell(best_cost)
            if stop():
                break
        found += walker.snapshots()
        if stop():
            break
    plans = [*found, *([best] if best is not None else [])]
    return Searched(best, float(best_cost), _legal_columns(program, plans))


class _Walker:
    """One search: the plan it stands at and scratch space for the compiled moves."""

    def __init__(self, problem: Partitioning, state: Ints, low: int, high: int) -> None:
        self.problem = problem
        p = problem.program
        n = p.atoms
        self.low, self.high, self.state = low, max(high, 1), state
        self.label = np.full(n, -1, dtype=np.int64)
        self.slots = np.zeros((n, p.slots))
        self.cost = np.zeros(n)
        self.broken = np.zeros(n)
        self.best_label = np.zeros(n, dtype=np.int64)
        self.figures = np.array([np.inf, np.inf, 0.0])
        self.kept = np.zeros((1000, n), dtype=np.int64)
        self.kept_count = np.zeros(1, dtype=np.int64)
        target = min(max(low, 1), n)
        if high > low:
            target = min(n, low + int(state[0] % (min(high, low + 6) - low + 1)))
        _start(p, self.label, target, state)

    @property
    def best_cost(self) -> float:
        return float(self.figures[BEST])

    def run(self, steps: int, heat: float) -> None:
        x = self.problem
        _moves(x.program, x.cost, x.rows, x.row_low, x.row_high, self.low, self.high, self.label, self.slots,
               self.cost, self.broken, self.best_label, self.figures, self.kept, self.kept_count, self.state,
               steps, heat)  # fmt: skip

    def snapshots(self) -> list[Ints]:
        return list(self.kept[: min(int(self.kept_count[0]), len(self.kept))])


def columns_of(program: Program, plans: list[Ints]) -> Columns:
    """The distinct columns of plans, measured."""
    words = (program.atoms + 63) // 64
    packed: dict[bytes, np.ndarray] = {}
    for plan in plans:
        for number in np.unique(plan):
            inside = plan == number
            packed.setdefault(np.packbits(inside).tobytes(), np.flatnonzero(inside))
    sets = np.zeros((len(packed), words), dtype=np.int64)
    slots = np.zeros((len(packed), program.slots))
    load = np.zeros(int(program.layer_first[-1]))
    scratch = np.zeros(program.atoms, dtype=bool)
    for row, members in enumerate(packed.values()):
        for v in members:
            sets[row, v >> 6] |= np.int64(np.uint64(1) << np.uint64(v & 63))
        measure(program, members, len(members), load, scratch, slots[row])
    return Columns(sets, slots).distinct()


def _legal_columns(program: Program, plans: list[Ints]) -> Columns:
    columns = columns_of(program, plans)
    seen = np.zeros(len(program.group_size), dtype=np.int64)
    keep = []
    for row, inside in enumerate(columns.members(program.atoms)):
        members = np.flatnonzero(inside)
        if violation(program, members, len(members), columns.slots[row], seen) == 0.0:
            keep.append(row)
    return columns.take(np.array(keep, dtype=np.int64))


@njit(cache=True)
def _random(state, below):  # type: ignore[no-untyped-def]
    """A whole number in [0, below): 48 bits of a linear congruential generator (Knuth's MMIX)."""
    state[0] = state[0] * np.int64(6364136223846793005) + np.int64(1442695040888963407)
    return ((state[0] >> 20) & np.int64(0x7FFFFFFF)) % below


@njit(cache=True)
def _dot(a, b):  # type: ignore[no-untyped-def]
    total = 0.0
    for k in range(a.shape[0]):
        total += a[k] * b[k]
    return total


@njit(cache=True)
def _start(p, label, count, state):  # type: ignore[no-untyped-def]
    """Grow `count` columns from random atoms, the lightest first; what cannot be reached starts columns of its own."""
    n = label.shape[0]
    weight = np.zeros(n)
    made = 0
    while made < count:
        v = _random(state, n)
        while label[v] >= 0:
            v = (v + 1) % n
        label[v] = made
        weight[made] = p.sums[0, v] if p.sums.shape[0] else 1.0
        made += 1
    left = n - made
    while left > 0:
        lightest = -1
        joins = -1
        for k in range(made):
            if lightest >= 0 and weight[k] >= weight[lightest]:
                continue
            options = 0
            pick = -1
            for v in range(n):
                if label[v] == k:
                    for e in range(p.link_ptr[v], p.link_ptr[v + 1]):
                        if label[p.link_to[e]] < 0:
                            options += 1
                            if _random(state, options) == 0:
                                pick = p.link_to[e]
            if pick >= 0:
                lightest, joins = k, pick
        if joins < 0:
            for v in range(n):
                if label[v] < 0:
                    joins = v
                    break
            lightest = made
            made += 1
        label[joins] = lightest
        weight[lightest] += p.sums[0, joins] if p.sums.shape[0] else 1.0
        left -= 1


@njit(cache=True)
def _row_violation(slots, used, rows, low, high, skip_a, skip_b, extra):  # type: ignore[no-untyped-def]
    """How far the side rows are off for all columns in use but two, plus the slots `extra` (E, F)."""
    total = 0.0
    for r in range(rows.shape[0]):
        value = 0.0
        for k in range(used.shape[0]):
            if used[k] > 0 and k != skip_a and k != skip_b:
                for s in range(rows.shape[1]):
                    value += rows[r, s] * slots[k, s]
        for k in range(extra.shape[0]):
            for s in range(rows.shape[1]):
                value += rows[r, s] * extra[k, s]
        if value < low[r] - 1e-9:
            total += low[r] - value
        elif value > high[r] + 1e-9:
            total += value - high[r]
    return total


@njit(cache=True)
def _joined(p, members, size, drop, seen, queue):  # type: ignore[no-untyped-def]
    """Whether members[:size] without the atom `drop` are connected; seen (n,) is scratch, zero on return."""
    first = -1
    count = 0
    for k in range(size):
        if members[k] != drop:
            seen[members[k]] = 1
            count += 1
            if first < 0:
                first = members[k]
    reached = 0
    if first >= 0:
        queue[0] = first
        seen[first] = 2
        head, tail = 0, 1
        while head < tail:
            v = queue[head]
            head += 1
            for e in range(p.link_ptr[v], p.link_ptr[v + 1]):
                u = p.link_to[e]
                if seen[u] == 1:
                    seen[u] = 2
                    queue[tail] = u
                    tail += 1
        reached = tail
    for k in range(size):
        seen[members[k]] = 0
    return count > 0 and reached == count


@njit(cache=True)
def _moves(p, cost_of, rows, row_low, row_high, fewest, most, label, slots, cost, broken, best_label, figures,
           kept, kept_count, state, steps, heat):  # type: ignore[no-untyped-def]  # fmt: skip
    """Make `steps` moves; figures holds the best legal cost, the penalised cost now, and the scale of costs."""
    n = label.shape[0]
    slot_count = cost_of.shape[0]
    used = np.zeros(n, dtype=np.int64)
    for v in range(n):
        used[label[v]] += 1
    load = np.zeros(p.layer_first[p.layer_first.shape[0] - 1])
    scratch = np.zeros(n, dtype=np.bool_)
    group_seen = np.zeros(p.group_size.shape[0], dtype=np.int64)
    members, queue = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    seen, parent, below = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    part = np.zeros((2, n), dtype=np.int64)
    sizes = np.zeros(2, dtype=np.int64)
    two = np.zeros((2, slot_count))
    win = np.zeros((2, slot_count))
    weight = np.zeros(n)
    scale = 0.0
    for k in range(n):
        cost[k] = broken[k] = 0.0
        if used[k] > 0:
            size = 0
            for v in range(n):
                if label[v] == k:
                    members[size] = v
                    size += 1
            measure(p, members, size, load, scratch, slots[k])
            broken[k] = violation(p, members, size, slots[k], group_seen)
            cost[k] = _dot(slots[k], cost_of)
            scale += abs(cost[k])
    if figures[COOL] == 0.0:
        figures[COOL] = max(scale, 1e-9)
    penalty = 2.0 * figures[COOL]
    none = np.zeros((0, slot_count))
    row_off = _row_violation(slots, used, rows, row_low, row_high, -1, -1, none)
    total_cost, total_broken = 0.0, 0.0
    lots = 0
    for k in range(n):
        if used[k] > 0:
            lots += 1
            total_cost += cost[k]
            total_broken += broken[k]
    for _ in range(steps):
        v = _random(state, n)
        a = label[v]
        degree = p.link_ptr[v + 1] - p.link_ptr[v]
        b = -1
        if degree > 0:
            b = label[p.link_to[p.link_ptr[v] + _random(state, degree)]]
        kind = _random(state, 10)
        split = lots < most and (a == b or b < 0) and kind == 0
        merge = lots > fewest and a != b and b >= 0 and kind == 1
        if (a == b or b < 0) and not split:
            continue
        if split:
            b = -1
            for k in range(n):
                if used[k] == 0:
                    b = k
                    break
            if b < 0 or used[a] < 2:
                continue
        old_cost = cost[a] + (cost[b] if used[b] > 0 else 0.0)
        old_broken = broken[a] + (broken[b] if used[b] > 0 else 0.0)
        best_value = np.inf
        best_cost = best_broken = best_rows = 0.0
        win_sizes_0 = 0
        parts = 2
        if merge:
            size = 0
            for u in range(n):
                if label[u] == a or label[u] == b:
                    members[size] = u
                    size += 1
            measure(p, members, size, load, scratch, win[0])
            best_broken = violation(p, members, size, win[0], group_seen)
            best_cost = _dot(win[0], cost_of)
            best_rows = _row_violation(slots, used, rows, row_low, row_high, a, b, win[:1])
            best_value = best_cost + penalty * (best_broken + best_rows)
            parts = 1
            win_sizes_0 = size
            for k in range(size):
                part[0, k] = members[k]
        elif kind >= 6 and not split:
            # shift v to the neighbouring column
            if used[a] < 2:
                continue
            size = 0
            for u in range(n):
                if label[u] == a:
                    members[size] = u
                    size += 1
            if not _joined(p, members, size, v, seen, queue):
                continue
            sizes[0] = sizes[1] = 0
            for u in range(n):
                if label[u] == a and u != v:
                    part[0, sizes[0]] = u
                    sizes[0] += 1
                elif label[u] == b or u == v:
                    part[1, sizes[1]] = u
                    sizes[1] += 1
            for h in range(2):
                measure(p, part[h], sizes[h], load, scratch, win[h])
                best_broken += violation(p, part[h], sizes[h], win[h], group_seen)
                best_cost += _dot(win[h], cost_of)
            best_rows = _row_violation(slots, used, rows, row_low, row_high, a, b, win)
            best_value = best_cost + penalty * (best_broken + best_rows)
            win_sizes_0 = sizes[0]
        else:
            # random spanning tree of both columns, grown edge by edge; queue is the order of joining
            size = 0
            for u in range(n):
                if label[u] == a or label[u] == b:
                    seen[u] = 1
                    members[size] = u
                    size += 1
            queue[0] = v
            seen[v] = 2
            parent[v] = -1
            tail = 1
            while tail < size:
                options = 0
                pick = -1
                host = -1
                start = _random(state, tail)
                for k in range(tail):
                    w = queue[(start + k) % tail]
                    for e in range(p.link_ptr[w], p.link_ptr[w + 1]):
                        u = p.link_to[e]
                        if seen[u] == 1:
                            options += 1
                            if _random(state, options) == 0:
                                pick, host = u, w
                    if pick >= 0:
                        break
                if pick < 0:
                    break
                seen[pick] = 2
                parent[pick] = host
                queue[tail] = pick
                tail += 1
            whole = tail == size
            for k in range(size):
                seen[members[k]] = 0
            if not whole:
                continue
            # how badly each cut breaks the limits on sums, from sums below each tree edge
            for k in range(size):
                weight[queue[k]] = 0.0
            for m in range(p.limit_slot.shape[0]):
                slot = p.limit_slot[m]
                if p.kind[slot] != 1:
                    continue
                s = p.which[slot]
                everything = 0.0
                for k in range(size):
                    below[queue[k]] = 0
                    everything += p.sums[s, queue[k]]
                carried = np.zeros(n)
                for k in range(size - 1, -1, -1):
                    u = queue[k]
                    carried[u] += p.sums[s, u]
                    if parent[u] >= 0:
                        carried[parent[u]] += carried[u]
                for k in range(1, size):
                    u = queue[k]
                    for side in range(2):
                        x = carried[u] if side == 0 else everything - carried[u]
                        if x < p.limit_low[m]:
                            weight[u] += (p.limit_low[m] - x) / max(p.limit_low[m], 1e-9)
                        elif x > p.limit_high[m]:
                            weight[u] += (x - p.limit_high[m]) / max(p.limit_high[m], 1e-9)
            tries = min(CUTS, size - 1)
            offset = _random(state, size - 1)
            for _try in range(tries):
                pick = -1
                for k in range(size - 1):
                    u = queue[1 + (k + offset) % (size - 1)]
                    if weight[u] >= 0.0 and (pick < 0 or weight[u] < weight[pick]):
                        pick = u
                if pick < 0:
                    break
                if weight[pick] > 0.0 and best_value < np.inf:
                    break
                weight[pick] = -1.0
                # the half below the cut: joined after it and hanging on it
                for k in range(size):
                    u = queue[k]
                    if u == pick:
                        below[u] = 1
                    elif parent[u] >= 0:
                        below[u] = below[parent[u]]
                    else:
                        below[u] = 0
                sizes[0] = sizes[1] = 0
                for k in range(size):
                    h = below[members[k]]
                    part[h, sizes[h]] = members[k]
                    sizes[h] += 1
                value_cost = value_broken = 0.0
                for h in range(2):
                    measure(p, part[h], sizes[h], load, scratch, two[h])
                    value_broken += violation(p, part[h], sizes[h], two[h], group_seen)
                    value_cost += _dot(two[h], cost_of)
                value_rows = _row_violation(slots, used, rows, row_low, row_high, a, b, two)
                value = value_cost + penalty * (value_broken + value_rows)
                if value < best_value:
                    best_value = value
                    best_cost, best_broken, best_rows = value_cost, value_broken, value_rows
                    win[:, :] = two
                    win_sizes_0 = sizes[0]
                    for k in range(size):
                        seen[members[k]] = below[members[k]]
            # put the best cut back into part
            sizes[0] = sizes[1] = 0
            for k in range(size):
                h = seen[members[k]]
                seen[members[k]] = 0
                part[h, sizes[h]] = members[k]
                sizes[h] += 1
        change = best_value - (old_cost + penalty * (old_broken + row_off))
        if change > 0.0:
            temperature = heat * 0.05 * figures[COOL]
            if temperature <= 0.0 or np.exp(-change / temperature) * 1_000_000.0 < _random(state, 1_000_000):
                continue
        total_cost += best_cost - old_cost
        total_broken += best_broken - old_broken
        row_off = best_rows
        for u in range(n):
            if label[u] == b:
                label[u] = a
        used[a] = used[a] + used[b]
        used[b] = 0
        slots[a, :] = win[0]
        cost[a] = _dot(win[0], cost_of)
        if parts == 2:
            for u in range(n):
                scratch[u] = False
            for k in range(win_sizes_0):
                scratch[part[0, k]] = True
            for u in range(n):
                if label[u] == a and not scratch[u]:
                    label[u] = b
                    used[a] -= 1
                    used[b] += 1
            for u in range(n):
                scratch[u] = False
            slots[b, :] = win[1]
            cost[b] = _dot(win[1], cost_of)
            lots += 1 if split else 0
        else:
            lots -= 1
        for k in (a, b):
            broken[k] = 0.0
            if used[k] > 0:
                size = 0
                for u in range(n):
                    if label[u] == k:
                        members[size] = u
                        size += 1
                broken[k] = violation(p, members, size, slots[k], group_seen)
        if total_broken <= 1e-12 and row_off <= 0.0:
            if total_cost < figures[BEST] - 1e-12 * abs(total_cost):
                figures[BEST] = total_cost
                best_label[:] = label
            kept[kept_count[0] % kept.shape[0], :] = label
            kept_count[0] += 1
    figures[NOW] = total_cost + penalty * (total_broken + row_off)
