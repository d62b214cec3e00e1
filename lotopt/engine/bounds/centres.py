"""A bound on compactness where candidate lots are too many to walk through: sets around centres in the plane.

A relaxation that holds every plan: columns need not be connected, and limits other than one on size are left out. Its
linear bound is found by column generation, priced over all centres (plane.py), so it is that of the model of Hess
(1965) with a centre allowed at every point. Every bound told is Lagrangian: it holds whatever the duals are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lotopt.engine.bounds.centre_ground import Ground, ground_of
from lotopt.engine.bounds.centre_lp import CentreLp
from lotopt.engine.bounds.plane import settle, sweep
from lotopt.engine.model.program import ONE, Floats, Ints, Partitioning
from lotopt.engine.solve.clock import Clock

# what the size of a box may add to a bound, as a share of a column's cost: from the first round to the last
COARSE, FINE = 0.05, 0.0005
SMOOTHING, SPOTS, NEW_COLUMNS, SIZES = 0.5, 4000, 300, 8
# the relaxation is solved when its bound is this close to its value
CLOSE = 1e-3
# rounds at most; boxes kept at a time, three for each halving of the map's side; sweeps of 4,000 boxes each
MOST_ROUNDS, MOST_BOXES, MOST_SWEEPS = 400, 64, 50
# what sums of doubles may be off, as a share of their terms
ROUNDING = 1e-11


def bound_by_centres(
    problem: Partitioning,
    slot: int | None,
    clock: Clock,
    *,
    fewest: float = 0.0,
    most: float = np.inf,
    plans: Sequence[Sequence[Ints]] = (),
    upper: float | None = None,
    close: float = CLOSE,
    tell: Callable[[float], None] = lambda bound: None,
) -> float | None:
    """A lower bound on every plan with between `fewest` and `most` interfaces (`slot`); None where none is found.

    `plans`: some to begin with. Ends when it is `close` to the relaxation's own value (a fraction), or above `upper`.
    """
    land = ground_of(problem, slot)
    low, high = problem.fewest_and_most
    if land is None or low > high:
        return None
    work = _Work(problem, land, slot, clock, low, high, fewest, most)
    return work.generate(plans, upper, close, tell)


class _Work:
    """Column generation over sets around centres."""

    def __init__(
        self, problem: Partitioning, land: Ground, slot: int | None, clock: Clock, low: int, high: int,
        fewest: float, most: float,
    ) -> None:  # fmt: skip
        self.land, self.clock = land, clock
        self.low, self.high, self.fewest, self.most = low, high, fewest, most
        p = problem.program
        self.each = float(problem.cost[p.kind == ONE].sum())
        self.price = 0.0 if slot is None else float(problem.cost[slot])
        span = float(max(land.x.max() - land.x.min(), land.y.max() - land.y.min(), 1e-9))
        self.square = np.array(
            [(land.x.max() + land.x.min()) / 2, (land.y.max() + land.y.min()) / 2, 0.5 * span, np.inf]
        )

        far = ((land.x - self.square[0]) ** 2 + (land.y - self.square[1]) ** 2) @ land.mass
        self.least_scale = 1e-6 * float(far)

    def generate(
        self, plans: Sequence[Sequence[Ints]], upper: float | None, close: float, tell: Callable[[float], None]
    ) -> float | None:
        columns = self._first(plans)
        model = CentreLp(len(self.land.x), self.low, self.high, self.fewest, self.most, self.price)
        model.add(*columns)
        best, best_duals = -np.inf, None
        fine, smoothing = COARSE, SMOOTHING
        for _round in range(MOST_ROUNDS):
            if self.clock.over():
                break
            value, duals = model.solve(self.clock)
            if duals is None or value is None:
                break
            if best >= value - close * max(abs(value), self.least_scale) or (upper is not None and best >= upper):
                break
            used = (
                duals if best_duals is None or smoothing == 0.0 else smoothing * best_duals + (1 - smoothing) * duals
            )
            scale = max(abs(value), self.least_scale)
            bound, spots = self._price(used, fine * scale / self.high)
            if bound is not None and bound > best:
                best, best_duals = bound, used
                tell(best)
            added = 0
            for these, where in ((duals, self._everywhere()), (used, spots)):
                shares, costs, spans = self._columns(where, these)
                reduced = costs - shares @ duals[:-3] - duals[-3] - spans * (duals[-2] + duals[-1])
                useful = np.argsort(reduced)[: (reduced < -1e-7 * scale / self.high).sum()][:NEW_COLUMNS]
                if len(useful):
                    model.add(shares[useful], costs[useful], spans[useful])
                    added += len(useful)
            # smoothed duals that cut nothing off are given up for a round; boxes get smaller as the end comes near
            smoothing = SMOOTHING if added else smoothing / 2 if smoothing > 0.1 else 0.0
            if not added or best > value - 4 * fine * scale:
                if fine <= FINE and not added and used is duals:
                    break
                fine = max(FINE, fine / 2)
        return float(best) if np.isfinite(best) else None

    def _everywhere(self) -> Floats:
        return np.stack([self.land.x, self.land.y, np.zeros(len(self.land.x))], axis=1)

    def _price(self, duals: Floats, fine: float) -> tuple[float | None, Floats]:
        """The Lagrangian bound of duals, and the best centres."""
        land = self.land
        profit, toll, count, least, most = self._parts(duals)
        boxes, spots = np.zeros((MOST_BOXES, 4)), np.zeros((SPOTS + 1, 3))
        boxes[0] = self.square
        left, worst = 1, -np.inf
        for _sweep in range(MOST_SWEEPS):
            if not left or self.clock.over():
                break
            left, closed = sweep(
                land.x, land.y, land.mass, profit, land.size, land.first, land.low, land.high, toll,
                self.each - count, fine, boxes, left, spots,
            )  # fmt: skip
            worst = max(worst, closed)
        worst = max(worst, float(boxes[:left, 3].max(initial=-np.inf)))  # as much as is known of what is left
        met = min(int(spots[0, 0]), SPOTS)
        found = spots[1 : 1 + met]
        if not np.isfinite(worst):
            return None, found
        least_cost = self.each - worst - count
        value = float(duals[:-3].sum()) + (count * self.low if count > 0 else count * self.high)
        value += least * self.fewest + (most * self.most if most < 0 else 0.0)
        value += self.high * min(0.0, least_cost)
        return value - ROUNDING * (float(np.abs(duals[:-3]).sum()) + self.high * abs(worst)), found

    def _parts(self, duals: Floats) -> tuple[Floats, Floats, float, float, float]:
        """What atoms and agencies are worth, and the duals of the side rows, each of the sign it must have."""
        count, most = float(duals[-3]), min(float(duals[-1]), 0.0)
        least = max(0.0, min(float(duals[-2]), self.price))
        toll = np.where(self.land.counted, self.price - least - most, 0.0)
        return duals[:-3] - self.land.own, toll, count, least, most

    def _columns(self, spots: Floats, duals: Floats) -> tuple[Floats, Floats, Floats]:
        """Distinct columns around the best spots."""
        land = self.land
        profit, toll, *_ = self._parts(duals)
        shares, costs, spans = [], [], []
        seen = set()
        share = np.zeros(len(land.x))
        chosen = np.argsort(-spots[:, 2], kind="stable")[:: max(1, len(spots) // (3 * NEW_COLUMNS))]
        for mx, my, _bound in spots[chosen]:
            cx, cy = settle(
                mx, my, land.x, land.y, land.mass, profit, land.size, land.first, land.low, land.high, toll, share
            )
            key = share.tobytes()
            if key in seen or not share.any():
                continue
            seen.add(key)
            taken, cost, span = self._measure(share, cx, cy)
            shares.append(taken)
            costs.append(cost)
            spans.append(span)
        n = len(land.x)
        return np.array(shares).reshape(-1, n), np.array(costs), np.array(spans)

    def _measure(self, share: Floats, cx: float, cy: float) -> tuple[Floats, float, float]:
        """A copy of a column, what it costs about a centre, and its interfaces."""
        land = self.land
        cost = self.each + share @ (land.own + land.mass * ((land.x - cx) ** 2 + (land.y - cy) ** 2))
        met = np.maximum.reduceat(share, land.first[:-1])
        span = float(met[land.counted].sum())
        return share.copy(), float(cost) + self.price * span, span

    def _first(self, plans: Sequence[Sequence[Ints]]) -> tuple[Floats, Floats, Floats]:
        """Columns to begin with: those of plans, and around every atom the nearest ones."""
        land, n = self.land, len(self.land.x)
        place = np.argsort(land.atoms)
        sets = [place[part] for plan in plans for part in plan]
        whole = float(land.size.sum())
        sizes = np.linspace(land.low, min(land.high, whole), SIZES)
        agency = np.repeat(np.arange(len(land.first) - 1), np.diff(land.first))
        for i in range(n):
            far = (land.x - land.x[i]) ** 2 + (land.y - land.y[i]) ** 2
            # the nearest atoms, and those of the nearest agencies, one agency after the other
            mean = np.bincount(agency, weights=far * land.mass) / np.maximum(
                np.bincount(agency, weights=land.mass), 1e-300
            )
            for order in (np.argsort(far, kind="stable"), np.lexsort((far, mean[agency]))):
                filled = np.searchsorted(np.cumsum(land.size[order]), sizes, side="right")
                sets += [order[:count] for count in np.unique(np.maximum(filled, 1))]
        shares, costs, spans = np.zeros((len(sets), n)), np.zeros(len(sets)), np.zeros(len(sets))
        for row, held in enumerate(sets):
            shares[row, held] = 1.0
            weight = max(float(land.mass[held].sum()), 1e-300)
            cx, cy = (float((land.mass[held] * of[held]).sum()) / weight for of in (land.x, land.y))
            _, costs[row], spans[row] = self._measure(shares[row], cx, cy)
        return shares, costs, spans
