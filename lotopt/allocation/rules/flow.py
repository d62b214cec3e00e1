"""How much of some work others can take on: a largest flow through a two-sided network, in exact numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from fractions import Fraction
from itertools import pairwise

from lotopt.market.bid import Item

Way = list[tuple[Item, str]]


def most_taken_on(
    work: Mapping[Item, Fraction], spare: Mapping[str, Fraction], reach: Mapping[Item, Collection[str]]
) -> tuple[Fraction, frozenset[Item]]:
    """The most work that helpers can take on in all, and the items of a smallest cut.

    `work` may be split; `reach` says which helpers (ids) can take which of it; none takes more than it has to spare.
    The most is all work outside the cut, and all that the helpers in reach of the cut have to spare (Ford & Fulkerson
    1956). Flow is sent along shortest ways, so that it ends whatever the numbers are (Edmonds & Karp 1972).
    """
    left, room = dict(work), dict(spare)
    sent: dict[tuple[Item, str], Fraction] = {}
    while True:
        seen, way = _shortest(left, room, sent, reach)
        if not way:
            return sum(work.values(), Fraction(0)) - sum(left.values(), Fraction(0)), seen
        # every helper on the way but the last hands over work that it takes on already
        back = [(item, helper) for (_, helper), (item, _) in pairwise(way)]
        first, last = way[0][0], way[-1][1]
        amount = min(left[first], room[last], *(sent[pair] for pair in back))
        left[first] -= amount
        room[last] -= amount
        for pair in way:
            sent[pair] = sent.get(pair, Fraction(0)) + amount
        for pair in back:
            sent[pair] -= amount


def _shortest(
    left: Mapping[Item, Fraction],
    room: Mapping[str, Fraction],
    sent: Mapping[tuple[Item, str], Fraction],
    reach: Mapping[Item, Collection[str]],
) -> tuple[frozenset[Item], Way]:
    """A shortest way from work that is left to a helper with room; or no way, and all work that was looked at."""
    taking: dict[str, list[Item]] = {}
    for (item, helper), amount in sent.items():
        if amount:
            taking.setdefault(helper, []).append(item)
    given_up: dict[Item, str] = {}
    takes: dict[str, Item] = {}
    queue = deque(item for item, amount in left.items() if amount)
    seen = set(queue)
    while queue:
        item = queue.popleft()
        for helper in reach[item]:
            if helper in takes:
                continue
            takes[helper] = item
            if room[helper]:
                way = [(item, helper)]
                while way[0][0] in given_up:
                    before = given_up[way[0][0]]
                    way.insert(0, (takes[before], before))
                return frozenset(), way
            for other in taking.get(helper, ()):
                if other not in seen:
                    seen.add(other)
                    given_up[other] = helper
                    queue.append(other)
    return frozenset(seen), []
