"""A territory's areas as the market sees them: where they are and how much is in them, without shapes."""

from __future__ import annotations

from lotopt.core.lot import AreaFacts
from lotopt.territory.territory import Territory


def area_facts(territory: Territory) -> tuple[AreaFacts, ...]:
    """Id, centroid (km) and volume of each measure of every area, in the territory's order."""
    km = (territory.xy / 1000).tolist()
    values = {key: measure.values.tolist() for key, measure in territory.measures.items()}
    return tuple(
        AreaFacts(area, x, y, {key: column[i] for key, column in values.items()})
        for i, (area, (x, y)) in enumerate(zip(territory.ids, km, strict=True))
    )
