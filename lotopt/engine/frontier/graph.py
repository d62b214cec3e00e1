"""All connected sets of a sparse graph as paths through layers of few states: the frontier of an atom order.

Atoms are looked at one after another. All that counts of a set begun is which of the atoms with neighbours still to
come are in it, and which of those hang together already (the frontier method: Sekine, Imai & Tani 1995; Knuth 2011,
7.1.4, "simpath"; Kawahara et al. 2017). A map of 100 areas has some 10,000 to 150,000 such states, however many
connected sets it has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotopt.engine.model.program import Floats, Ints, Program

# states at most, and atoms on a frontier at most (labels of components have four bits each in a word)
MOST_STATES = 400_000
WIDEST = 15
# orders are tried from so many first atoms
STARTS = 128


@dataclass(frozen=True)
class Layers:
    """States of every layer, numbered through all layers; N states, n atoms, layer t looks at atom order[t].

    first (n + 1,): first state of each layer. skip, take (N,): the state that follows where the atom stays out or
    comes in; N is a finished set, N + 1 none. skip_cut, take_cut (N,): border length that becomes known.
    """

    order: Ints
    first: Ints
    skip: Ints
    take: Ints
    skip_cut: Floats
    take_cut: Floats

    @property
    def states(self) -> int:
        return len(self.skip)


def layers_of(program: Program, most_states: int = MOST_STATES) -> Layers | None:
    """The layers of the graph of a program; None where they would have more than `most_states` states."""
    borders = [_border(program, v) for v in range(program.atoms)]
    links = [set(_links(program, v)) - {v} for v in range(program.atoms)]
    near = [links[v] | set(borders[v]) for v in range(program.atoms)]
    order = narrow_order([sorted(some) for some in near])
    if order is None:
        return None
    last = {v: t for t, v in enumerate(order)}
    until = [max([last[u] for u in near[v]], default=-1) for v in range(program.atoms)]
    labels = np.zeros((1, 0), dtype=np.int64)
    front: list[int] = []
    first, parts = [0], []
    for t, v in enumerate(order):
        extended = [*front, v]
        kept = [k for k, u in enumerate(extended) if until[u] > t]
        linked = [k for k, u in enumerate(front) if u in links[v]]
        skip_cut, take_cut = _cuts(labels, front, borders[v])
        offset = first[-1] + len(labels)
        out, done_out = _after(labels, kept, [], 0)
        held, done_in = _after(labels, kept, linked, 1)
        codes = np.concatenate([out, held])
        alive = codes >= 0 if t + 1 < len(order) else np.zeros(len(codes), dtype=bool)
        distinct, place = np.unique(codes[alive], return_inverse=True)
        if offset + len(distinct) > most_states:
            return None
        follows = np.full(len(codes), -2, dtype=np.int64)
        follows[alive] = place + offset
        follows[np.concatenate([done_out, done_in])] = -1
        parts.append((follows[: len(labels)], follows[len(labels) :], skip_cut, take_cut))
        first.append(offset)
        front = [extended[k] for k in kept]
        labels = _unpacked(distinct, len(front))
    states = first[-1]
    skip, take, skip_cut, take_cut = (np.concatenate([part[k] for part in parts]) for k in range(4))
    for follows in (skip, take):
        follows[follows < 0] = states - 1 - follows[follows < 0]  # -1 is a finished set, -2 none
    return Layers(np.array(order, dtype=np.int64), np.array(first, dtype=np.int64), skip, take, skip_cut, take_cut)


def narrow_order(near: list[list[int]]) -> list[int] | None:
    """An order of the atoms with a narrow frontier, from `near` (neighbours of each); None where none is found.

    From each of some first atoms on, the neighbour that leaves the narrowest frontier comes next.
    """
    n = len(near)
    bits = [sum(1 << u for u in some) for some in near]
    best, least = None, np.inf
    for start in range(0, n, max(1, n // STARTS)):
        found = _order_from(start, near, bits, least)
        if found is not None:
            best, least = found
    return best


def _order_from(start: int, near: list[list[int]], bits: list[int], below: float) -> tuple[list[int], float] | None:
    n = len(near)
    order: list[int] = []
    place: dict[int, int] = {}
    front: list[int] = []
    left = (1 << n) - 1
    v, cost = start, 0.0
    while True:
        left &= ~(1 << v)
        place[v] = len(order)
        order.append(v)
        front = [u for u in (*front, v) if bits[u] & left]
        cost += 2.5 ** len(front)
        if cost >= below or len(front) > WIDEST:
            return None
        if len(order) == n:
            return order, cost
        choices = sorted({u for w in front for u in near[w] if left >> u & 1})
        if not choices:
            v = (left & -left).bit_length() - 1
            continue
        keys = []
        for u in choices:
            rest = left & ~(1 << u)
            width = sum(1 for w in front if bits[w] & rest) + (1 if bits[u] & rest else 0)
            keys.append((width, min(place[w] for w in near[u] if w in place), u))
        v = min(keys)[2]


def _links(p: Program, v: int) -> list[int]:
    return p.link_to[p.link_ptr[v] : p.link_ptr[v + 1]].tolist()


def _border(p: Program, v: int) -> dict[int, float]:
    here = slice(p.border_ptr[v], p.border_ptr[v + 1])
    shared: dict[int, float] = {}
    for u, length in zip(p.border_to[here].tolist(), p.border_length[here].tolist(), strict=True):
        if u != v:
            shared[u] = shared.get(u, 0.0) + length
    return shared


def _cuts(labels: Ints, front: list[int], border: dict[int, float]) -> tuple[Floats, Floats]:
    """The border of the atom with those of the frontier that are in the set, and with those that are not."""
    lengths = np.array([border.get(u, 0.0) for u in front])
    inside = labels > 0
    return inside @ lengths, (~inside) @ lengths


def _after(labels: Ints, kept: list[int], linked: list[int], comes_in: int) -> tuple[Ints, np.ndarray]:
    """Codes of the states that follow (-1: none), and where the set is finished with this atom."""
    own = np.full(len(labels), WIDEST + 1, dtype=np.int64) if comes_in else np.zeros(len(labels), dtype=np.int64)
    wide = np.concatenate([labels, own[:, None]], axis=1)
    for k in linked:
        joins = labels[:, k] > 0
        same = joins[:, None] & (wide == wide[:, k : k + 1])
        wide[same] = WIDEST + 1
    before, after = _present(wide), _present(wide[:, kept])
    gone = before & ~after
    finished = (gone != 0) & (after == 0) & (gone & (gone - 1) == 0)
    codes = _packed(wide[:, kept])
    codes[gone != 0] = -1
    return codes, finished


def _present(labels: Ints) -> Ints:
    found = np.zeros(len(labels), dtype=np.int64)
    for k in range(labels.shape[1]):
        found |= np.where(labels[:, k] > 0, np.int64(1) << labels[:, k], 0)
    return found


def _packed(labels: Ints) -> Ints:
    """Labels renamed by first appearance, four bits each."""
    codes = np.zeros(len(labels), dtype=np.int64)
    names = np.zeros((len(labels), WIDEST + 2), dtype=np.int64)
    count = np.zeros(len(labels), dtype=np.int64)
    rows = np.arange(len(labels))
    for k in range(labels.shape[1]):
        label = labels[:, k]
        fresh = (label > 0) & (names[rows, label] == 0)
        count += fresh
        names[rows[fresh], label[fresh]] = count[fresh]
        codes |= names[rows, label] << (4 * k)
    return codes


def _unpacked(codes: Ints, width: int) -> Ints:
    return (codes[:, None] >> (4 * np.arange(width, dtype=np.int64))) & 15
