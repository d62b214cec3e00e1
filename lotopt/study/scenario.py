"""Scenario: everything decided before solving."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.engine.solve.solvers import SolverOptions


class Part(BaseModel):
    """One table of a scenario file."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class DesignPart(Part):
    """[design]: the rules and goals lots are drawn by, or a design that is held fixed and only audited."""

    fixed_design: str | None = Field(None, description="a design of the territory, by name, or a CSV file")
    rules: tuple[DesignRule, ...] = ()
    goals: tuple[DesignGoal, ...] = ()


class Simulate(Part):
    """[market] simulate: a made-up market, the same for the same seed."""

    seed: int = Field(1, ge=0, description="whole number; another seed is another market")
    providers: int = Field(8, ge=1, le=200, description="how many providers")
    measure: str | None = Field(None, description="the measure their prices go by")
    rate: float = Field(80.0, gt=0, allow_inf_nan=False, description="usual price per unit of the measure, GBP")
    values: bool = Field(False, description="each lot has an indicative value: its volume at the usual price")
    fixed: bool = Field(False, description="bids say which part of their price does not vary with volume")
    regions: Mapping[str, str] = Field({}, description="the region of each lot by its id, such as { L1 = 'north' }")


class MarketPart(Part):
    """[market]: where the bids come from; with [joint], where the price schedules come from."""

    file: str | None = Field(
        None,
        description="a workbook with the sheets Providers and Bids (for [joint]: Schedules), or a folder of CSVs",
    )
    simulate: Simulate | None = Field(None, description="a made-up market instead of a file")
    services: tuple[str, ...] = Field(
        (), description="what is bought for every lot; none: one service without a name"
    )
    lots: bool = Field(
        False, description="true: the market's own sheet Lots is the list of lots, and none are drawn or given"
    )

    @model_validator(mode="after")
    def _one_source(self) -> MarketPart:
        if (self.file is None) == (self.simulate is None):
            raise ValueError("give either file or simulate")
        if self.lots and self.file is None:
            raise ValueError("lots = true reads the sheet Lots of a file; name the file")
        return self


class AllocationPart(Part):
    """[allocation]: the rules and goals lots are awarded by, and what chooses among equals."""

    in_order: bool = Field(
        False, description="true: the first goal alone counts, the next chooses among what is best by it, and so on"
    )
    rules: tuple[AwardRule, ...] = ()
    goals: tuple[AwardGoal, ...] = ()
    ties: tuple[AwardGoal, ...] = ()


class JointPart(Part):
    """[joint]: lots and awards are decided together, by the rules and goals of [design] and [allocation]."""

    incumbents: str | None = Field(
        None,
        description="who serves each area now: a layer whose agencies are providers, a CSV file with the columns "
        "place and provider, or the folder of an earlier run",
    )
    compare: bool = Field(
        True, description="also draw lots first and award them then, to tell what deciding together is worth"
    )


class ExplainPart(Part):
    """[explain]: what a run tells beside lots and awards; each is off unless asked for."""

    reasons: bool = Field(False, description="for each losing bid the rule it breaks, or what awarding it would cost")
    rankings: bool = Field(False, description="for each lot the order of its bids, beside who wins it")
    rule_prices: bool = Field(
        False,
        description="what each rule costs, of awards and of lots that were searched for: the optimum without it",
    )
    drill: bool = Field(False, description="the failure of each provider in turn: who takes over, at what price")
    pairs: tuple[tuple[str, str], ...] = Field((), description="providers that fail together in the drill")
    volumes: tuple[float, ...] = Field((), description="shares of the planned volume to price again, such as 0.5")
    mechanisms: bool = Field(False, description="the order-of-preference mechanism beside the optimal combination")
    exposure: bool = Field(False, description="what each firm holds as prime, member and subcontractor")

    @field_validator("volumes")
    @classmethod
    def _shares(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(not 0 <= share <= 10 for share in value):
            raise ValueError("a volume is a share of the planned one from 0 to 10, such as 0.84")
        return value

    @classmethod
    def everything(cls, beside: ExplainPart) -> ExplainPart:
        """All that can be told; pairs and volumes as they are named, or volumes from half to half as much again."""
        wanted = dict.fromkeys(("reasons", "rankings", "rule_prices", "drill", "mechanisms", "exposure"), True)
        return cls(**wanted, pairs=beside.pairs, volumes=beside.volumes or EVERY_VOLUME)


EVERY_VOLUME = (0.5, 0.75, 1.0, 1.25, 1.5)


class ReportPart(Part):
    """[report]: what the report dwells on."""

    measure: str | None = Field(None, description="the measure coherence is weighted by; none: the first")
    layers: tuple[str, ...] = Field((), description="the layers shown; none: all of them")
    base: str | None = Field(
        None, description="a design of the territory, by name, or a CSV file: what changes beside it is told"
    )


class ReleasePart(Part):
    """[release]: a draft in the Open Contracting Data Standard (OCDS 1.1), written to release.json."""

    buyer: str = Field(min_length=1, description="the name of the buyer")
    date: datetime.date = Field(
        description="the day of the release, such as 2026-03-01; nothing is taken from a clock"
    )
    stage: Literal["planning", "tender", "award"] = Field(
        "tender", description="planning and tender tell of lots; award also of awards, as pending"
    )
    bids: Literal["none", "counted", "winning", "all"] = Field(
        "winning",
        description="what an award tells of bids: nothing, how many, the winning ones too, or every bid and bidder",
    )
    ocid: str = Field("", description="the open contracting id; none: one that says it is a draft")
    area_scheme: str = Field(
        "", description="the list that ids of areas are from, such as GB-GSS; none: the territory"
    )


class Scenario(Part):
    """Everything decided before solving, as one text file.

    `territory` is an embedded place or the path of a territory, and empty where the market brings its own lots; paths
    are absolute once read. `source` is the
    file the scenario came from, as it was named. Equal scenarios give equal results.
    """

    title: str = Field("", description="one line, shown above every result")
    territory: str = Field("", description="an embedded place, or the path of a territory.toml")
    solver: SolverOptions = SolverOptions()
    design: DesignPart = DesignPart()
    market: MarketPart | None = None
    allocation: AllocationPart | None = None
    joint: JointPart | None = None
    explain: ExplainPart = ExplainPart()
    report: ReportPart = ReportPart()
    release: ReleasePart | None = None
    source: str = Field("scenario", exclude=True)
    files: tuple[Path, ...] = Field((), exclude=True, description="every scenario file that was read")

    @property
    def alone(self) -> bool:
        """Whether the market brings its own lots, so that there is no territory and no design."""
        return self.market is not None and self.market.lots

    @property
    def fixed(self) -> bool:
        """Whether the design is given, so that lots are not searched for."""
        return self.design.fixed_design is not None

    def with_base(self, name: str) -> Scenario:
        """The same scenario, its lots set beside a design: by name, or the absolute path of a file."""
        return self.model_copy(update={"report": self.report.model_copy(update={"base": name})})

    def with_solver(self, **changes: object) -> Scenario:
        """The same scenario with other solver options; options that are None stay as they are."""
        given = {key: value for key, value in changes.items() if value is not None}
        options = SolverOptions.model_validate({**self.solver.model_dump(), **given})
        return self.model_copy(update={"solver": options})
