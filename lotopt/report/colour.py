"""Colours for the lots of a map: few, told apart by colour-blind readers, different between neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# The light scheme of Paul Tol (Colour Schemes, SRON technical note 3.2, 2021): made for filled areas under black
# text and distinct in all common forms of colour blindness. Without its grey, which means "no lot" here.
PALETTE = ("#77AADD", "#EE8866", "#EEDD88", "#FFAABB", "#99DDFF", "#44BB99", "#BBCC33", "#AAAA00")


def colouring(
    count: int,
    borders: Iterable[tuple[int, int]],
    colours: int = len(PALETTE),
    wanted: Mapping[int, int] | None = None,
) -> tuple[int, ...]:
    """A colour (index below `colours`) for each of `count` lots such that lots that border each other differ.

    Lots are taken smallest degree last, so six colours always do on a map in the plane; among the free ones the
    `wanted` one of a lot is taken, else the least used. Where links that cross others (ferries) leave none free, the
    least clashing one is taken.
    """
    near: list[set[int]] = [set() for _ in range(count)]
    for a, b in borders:
        if a != b:
            near[a].add(b)
            near[b].add(a)
    left = set(range(count))
    order: list[int] = []
    while left:
        lot = min(left, key=lambda i: (len(near[i] & left), i))
        order.append(lot)
        left.remove(lot)
    chosen: dict[int, int] = {}
    wishes = wanted or {}
    for lot in reversed(order):
        used = list(chosen.values())
        beside = [chosen[other] for other in near[lot] if other in chosen]
        asked = {wishes[other] for other in near[lot] if other in wishes}
        wish = wishes.get(lot)
        chosen[lot] = min(range(colours), key=lambda c: (beside.count(c), c != wish, c in asked, used.count(c), c))
    return tuple(chosen[lot] for lot in range(count))
