"""Names from strangers: everything that a spreadsheet, a page or a parser might take for something else than text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lotopt.allocation.allocation import Allocation
from lotopt.core.lot import LotFacts
from lotopt.core.reading import Audit, Reading
from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.report.tables import RUN_BY_SPREADSHEETS
from lotopt.territory.parts import Measure

# Everything that a spreadsheet might take for something else than text.
HOSTILE = (
    *(f"{start}1+1" for start in RUN_BY_SPREADSHEETS),
    *("=cmd|' /C calc'!A0", '=HYPERLINK("http://a.example","x")', " =1+1", "\n=1+1", "http://a.example/x"),
    *("mailto:a@a.example", "<img src=x onerror=alert(1)>", "007", "1e5", "1/2", "TRUE", "#REF!", "a;=1+1", '"=1+1'),
    *("_x0041_", "a\x00b", "\ufffe", "{=1+1}", "'=1+1"),
)


def hostile(design: LotDesign) -> tuple[Result[LotDesign], Result[Allocation]]:
    """Everything that has a name goes by a hostile one."""
    territory, texts = design.territory, list(HOSTILE)

    def some(count: int) -> tuple[str, ...]:
        taken = [texts[i % len(texts)] for i in range(count)]
        texts[:] = texts[count:] + texts[:count]
        return tuple(taken)

    measures = {text: Measure(text, territory.measures["cases"].values, text, text, text) for text in some(3)}
    layers = {
        key: replace(layer, title=some(1)[0], names=some(len(layer.agencies)), source=some(1)[0], note=some(1)[0])
        for key, layer in territory.layers.items()
    }
    evil = replace(
        territory,
        names=some(9),
        title=some(1)[0],
        attribution=HOSTILE,
        measures=measures,
        layers=layers,
    )
    plan = LotDesign(evil, some(3), design.of, some(3), some(1)[0])
    lots = tuple(LotFacts(lot, plan.name_of(i)) for i, lot in enumerate(plan.lots))
    providers = tuple(Provider(id=f"p{i}", name=name) for i, name in enumerate(some(3)))
    bids = tuple(Bid.on(lot.id, id=f"={i}", provider=f"p{i}", price=Decimal(10)) for i, lot in enumerate(lots))
    won = Allocation.of(Market(lots, providers, bids), [bid.id for bid in bids])
    readings = tuple(Reading(text, text, 1.0, unit=text) for text in HOSTILE)
    faults = Audit(readings, HOSTILE)
    found = Result(plan, Status.OPTIMAL, 1.0, 1.0, audit=faults, limits=HOSTILE, provenance={"market": HOSTILE[0]})
    return found, Result(won, Status.OPTIMAL, audit=Audit(()))
