"""The ground of the study: England and Wales, with courts and prisons as layers beside police and councils."""

from __future__ import annotations

from functools import cache

import lotopt as lo
from benchmarks.coherence.settings import MEASURE

# What coherence is measured against, in the order in which it is told.
LAYERS = (
    "police",
    "justice",
    "local_justice",
    "council",
    "region",
    "magistrates_nearest",
    "magistrates_catchment",
    "crown_nearest",
    "prison_nearest",
    "prison_catchment",
)
MAGISTRATES = ("magistrates", "magistrates and crown")
CROWN = ("crown", "magistrates and crown")


@cache
def territory() -> lo.Territory:
    """The embedded territory with five layers more.

    Nearest: each district goes with the nearest magistrates' court, Crown court and prison. Catchment: with the
    nearest magistrates' court of its own local justice area, where it has one; and with a prison where every prison
    takes the same part of the demand over the shortest way, since how many places each has is not in the data.
    """
    ground = lo.load_territory("england-wales")
    made = [
        lo.nearest_layer(ground, "courts", types=MAGISTRATES, name="magistrates_nearest"),
        lo.nearest_layer(ground, "courts", types=MAGISTRATES, within="local_justice", name="magistrates_catchment"),
        lo.nearest_layer(ground, "courts", types=CROWN, name="crown_nearest"),
        lo.nearest_layer(ground, "prisons", name="prison_nearest"),
        lo.catchment_layer(ground, "prisons", measure=MEASURE, sizes="equal", name="prison_catchment"),
    ]
    for layer in made:
        ground = ground.with_layer(layer)
    return ground
