"""One design to compare, wherever it comes from: a run of now or of an earlier day, a drawing, a design by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.report import awarded as aw
from lotopt.report.words import listed, verdict

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.study.earlier import EarlierRun
    from lotopt.study.run import Outcome

RUN, READ, DRAWN, NAMED, GIVEN = "run now", "read", "drawn", "by name", "given"


@dataclass(frozen=True)
class Won:
    """Who serves the lots at what price: GBP a year, providers of each lot by name, and what the prices come from."""

    total_price: Decimal
    providers: int
    provider_of: Mapping[str, str]
    simulated: bool
    source: str

    @classmethod
    def of(cls, awards: Result[Allocation] | None) -> Won | None:
        """What a comparison tells of an allocation; None where there is none."""
        if awards is None or awards.plan is None:
            return None
        return cls(
            aw.total_price(awards),
            len({row.provider for row in aw.awarded(awards)}),
            aw.provider_of_lots(awards),
            aw.is_simulated(awards),
            awards.plan.market.source,
        )


@dataclass(frozen=True, eq=False)
class Entry:
    """A design under the name it has in a comparison, with its awards where there are any.

    `how` is one of `run now`, `read` (of an earlier run), `drawn` (a CSV file), `by name` (of the territory) and
    `given`; `source` the file, folder or name. `changed` holds the inputs of an earlier run that are others now,
    `untold` those that could not be checked, `version` the lotopt that made it. `measure` is the one its scenario
    weighs by. `document` is its result.json, where it is one of a run.
    """

    name: str
    design: Result[LotDesign]
    won: Won | None = None
    how: str = GIVEN
    source: str = ""
    changed: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    version: str = ""
    measure: str = ""
    document: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def plan(self) -> LotDesign | None:
        return self.design.plan

    @property
    def verdict(self) -> str:
        """What is known of it as a word or two."""
        return verdict(self.design)

    @property
    def origin(self) -> str:
        """Where it comes from, in a sentence without its end."""
        words = {
            RUN: f"run now from {self.source}",
            READ: f"read from {self.source}, not run again",
            DRAWN: f"lots drawn in {self.source}",
            NAMED: "a design of the territory",
        }
        text = words.get(self.how, "a design as given")
        if self.how != READ:
            return text
        text += f"; made by lotopt {self.version}" if self.version else ""
        text += f"; STALE, changed since: {listed(self.changed)}" if self.changed else ""
        return text + (f"; could not be checked: {listed(self.untold)}" if self.untold else "")

    @classmethod
    def of_design(cls, name: str, plan: LotDesign, how: str = GIVEN, source: str = "") -> Entry:
        """A design that is measured as it is."""
        limits = ("the design was given, not searched for",)
        return cls(name, Result(plan, Status.FEASIBLE, limits=limits), how=how, source=source)

    @classmethod
    def of_outcome(cls, name: str, outcome: Outcome, source: str = "") -> Entry:
        """What came of a run."""
        from lotopt.study.result import result_document

        assert outcome.design is not None, "a market with lots of its own has no map"
        return cls(
            name,
            outcome.design,
            Won.of(outcome.awards),
            RUN,
            source or outcome.scenario.source,
            measure=outcome.ground.measure,
            document=result_document(outcome).model_dump(mode="json"),
        )

    @classmethod
    def of_earlier(cls, name: str, run: EarlierRun) -> Entry:
        """What an earlier run found, with its status and prices of that day."""
        from lotopt.study.files import shown

        return cls(
            name,
            run.design,
            _earlier_prices(run),
            READ,
            shown(str(run.folder)),
            run.fresh.changed,
            run.fresh.untold,
            run.version,
            run.measure,
            run.document,
        )


def _earlier_prices(run: EarlierRun) -> Won | None:
    found = run.record.allocation
    if found is None or found.total_price is None:
        return None
    names: dict[str, list[str]] = {}
    for award in found.awards:
        for lot in award.lots:
            who = award.provider_name or award.provider
            if who not in names.setdefault(lot, []):
                names[lot].append(who)
    return Won(
        found.total_price,
        len({award.provider for award in found.awards}),
        {lot: listed(who) for lot, who in names.items()},
        found.simulated,
        run.market,
    )
