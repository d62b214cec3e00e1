"""What made-up markets are drawn from: names, homes and numbers that depend on a seed and on words alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from lotopt.core.lot import AreaFacts
from lotopt.market.provider import Provider

NAMES = ("Alder", "Birch", "Cedar", "Damson", "Elm", "Fir", "Gorse", "Hazel")
KINDS = ("private", "voluntary", "private", "public", "private", "voluntary", "private", "small")


def made_up(count: int) -> tuple[Provider, ...]:
    """Providers with names that nobody could take for real ones."""
    found = []
    for i in range(count):
        name = NAMES[i % len(NAMES)] + (f" {i // len(NAMES) + 1}" if i >= len(NAMES) else "")
        id = name.lower().replace(" ", "_")
        found.append(Provider(id=id, name=f"{name} (made up)", kind=KINDS[i % len(KINDS)]))
    return tuple(found)


def homes_of(
    providers: Sequence[Provider], areas: Sequence[AreaFacts], measure: str, seed: int
) -> Mapping[str, AreaFacts]:
    """A home area for each provider: the one it names, or one far from other homes where there is much to do."""
    by_id = {area.id: area for area in areas}
    homes = {p.id: by_id[p.home] for p in providers if p.home in by_id}
    xy = np.array([(area.x_km, area.y_km) for area in areas], dtype=np.float64).reshape(-1, 2)
    pull = np.sqrt(np.array([area.volumes.get(measure, 0.0) for area in areas]) + 1e-9)
    apart = np.full(len(areas), np.inf)
    for home in homes.values():
        apart = np.minimum(apart, np.hypot(xy[:, 0] - home.x_km, xy[:, 1] - home.y_km))
    for provider in (p for p in providers if not p.home):
        draw = generator(seed, "home", provider.id)
        jitter = draw.uniform(0.7, 1.3, len(areas))
        score = jitter * pull * np.where(np.isfinite(apart), apart, 1.0)
        home = areas[int(np.argmax(score))]
        homes[provider.id] = home
        apart = np.minimum(apart, np.hypot(xy[:, 0] - home.x_km, xy[:, 1] - home.y_km))
    return homes


def generator(seed: int, *words: str) -> np.random.Generator:
    """Draws that depend on the seed and the words alone."""
    digest = hashlib.sha256("\x1f".join(words).encode()).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest[:16], dtype="<u4").tolist()])


def rounded(value: float, step: str = "0.01") -> Decimal:
    nearest = Decimal(step)
    return (Decimal(str(value)) / nearest).quantize(Decimal(1), ROUND_HALF_UP) * nearest
