"""result.json: one document that holds everything a run found, and the models that describe it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Amount = float | str | None


class Section(BaseModel):
    """A part of the document; every field is always there."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class PhaseEntry(Section):
    """One step of a solve."""

    name: str
    seconds: float = Field(description="wall-clock time, seconds")
    note: str = ""


class GoalEntry(Section):
    """What the plan scores on one goal; the products add up to the objective."""

    name: str
    value: float = Field(description="in `unit`")
    unit: str
    weight: float
    product: float = Field(description="value x weight")
    bound: float | None = Field(
        None, description="where goals count in their order: no plan as good by those before it has less; else null"
    )


class ClauseEntry(Section):
    """A rule or goal as it was asked for."""

    name: str
    kind: str
    sentence: str


class ReadingEntry(Section):
    """One measured quantity of the plan and the range it may lie in; money is text with exact decimals."""

    clause: str
    where: str
    value: Amount
    at_least: Amount = Field(None, description="null: no lower limit")
    at_most: Amount = Field(None, description="null: no upper limit")
    unit: str
    ok: bool


class AuditEntry(Section):
    """What the audit, which does not use the engine, read of the finished plan."""

    ok: bool = Field(description="every rule kept and every figure of the engine confirmed")
    readings: tuple[ReadingEntry, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


class Solved(Section):
    """What is the same for lot design and allocation."""

    status: Literal["optimal", "feasible", "infeasible", "unknown"] = Field(
        description="optimal: gap proven within wanted_gap; feasible: a plan, the gap is told or there is no bound; "
        "infeasible: no plan exists, confirmed; unknown: nothing found, nothing proven"
    )
    objective: float | None = Field(description="sum of the goals' products; null without a plan")
    bound: float | None = Field(description="no plan scores less; null where none is proven")
    gap: float | None = Field(description="(objective - bound) / |objective|, a fraction")
    wanted_gap: float = Field(description="a fraction")
    seconds: float
    interrupted: bool
    phases: tuple[PhaseEntry, ...]
    goals: tuple[GoalEntry, ...]
    rules: tuple[ClauseEntry, ...]
    audit: AuditEntry | None = Field(description="null without a plan")
    conflict: tuple[str, ...] = Field(description="where no plan exists: rules that cannot hold together")
    limits: tuple[str, ...] = Field(description="what shaped the answer: time, heuristics, candidate sets")


class LotEntry(Section):
    """One lot."""

    id: str
    name: str
    areas: tuple[str, ...] = Field(description="ids of areas")
    totals: dict[str, float] = Field(description="total of each measure, in its unit")
    border_km: float = Field(description="border shared with other lots, km; coast does not count")


class LayerEntry(Section):
    """How the design meets one boundary layer."""

    layer: str
    title: str
    agencies: int
    interfaces: int = Field(description="pairs of lot and agency that meet")
    splits: int = Field(description="interfaces less agencies")
    straddles: int = Field(description="lots that lie in two or more agencies")
    span: dict[str, int] = Field(description="agencies each lot meets")
    largest_span: int
    largest_lots_per_agency: int
    whole_share: float = Field(description="share of the measure in agencies that lie in one lot")
    completeness: float
    homogeneity: float
    v_measure: float = Field(description="1: identical boundaries (Rosenberg and Hirschberg 2007)")
    split_agencies: tuple[str, ...]
    straddling_lots: tuple[str, ...]
    approximate_areas: int = Field(description="areas whose agency is not exact")


class CoherenceEntry(Section):
    """The design against every layer, weighted by a measure."""

    measure: str
    layers: tuple[LayerEntry, ...]


class ExplainedEntry(Section):
    """One table of explanations: reasons, prices of rules, the failure drill and so on."""

    name: str = Field(description="the word [explain] has for it")
    title: str
    sentences: tuple[str, ...]
    complete: bool = Field(description="false: the time or an interruption cut it short")
    columns: tuple[str, ...]
    rows: tuple[tuple[bool | float | str | None, ...], ...] = Field(description="money is text with exact decimals")


class DesignEntry(Solved):
    """Lot design: which areas form which lot."""

    fixed: str | None = Field(description="the given design, where lots were not searched for")
    lots: tuple[LotEntry, ...]
    coherence: CoherenceEntry | None
    explained: tuple[ExplainedEntry, ...] = Field(description="what was asked for beside the lots")


class AwardEntry(Section):
    """One winning bid."""

    lots: tuple[str, ...] = Field(description="ids of lots, served all together")
    services: tuple[str, ...] = Field(description="what is bought in them; empty where it has no name")
    provider: str
    provider_name: str
    bid: str
    price: str = Field(description="GBP a year paid for all of it, after share and discounts, exact")
    bid_price: str = Field(description="GBP a year as it was bid, exact")
    share: str = Field(description="of the work, a fraction; 0 is a winner held in reserve")
    quality: float | None = Field(description="0 to 100")
    covers: float = Field(description="share of the lots' need that is met")


class AllocationEntry(Solved):
    """Allocation: who serves each lot."""

    simulated: bool = Field(description="true: the market is made up and no real bidder is meant")
    providers: int
    bids: int
    total_price: str | None = Field(description="GBP a year, exact")
    in_order: bool = Field(description="true: goals count in their order; false: by their weights together")
    tie_rules: tuple[ClauseEntry, ...] = Field(description="what chooses among equally good allocations")
    ties: tuple[str, ...] = Field(description="whether there was a tie and how it fell; empty: no tie rules")
    awards: tuple[AwardEntry, ...]
    explained: tuple[ExplainedEntry, ...] = Field(description="what was asked for beside the awards")


class OtherLotEntry(Section):
    """One lot of the plan that drew lots first."""

    id: str
    areas: tuple[str, ...] = Field(description="ids of areas")
    provider: str
    price: str = Field(description="GBP a year, exact")


class LotsFirstEntry(Section):
    """Lots drawn by the goals of lot design alone, then awarded: the same rules, schedules and solver."""

    drawn_by: tuple[str, ...] = Field(description="the goals the lots were drawn by, as sentences")
    stand_in: bool = Field(description="true: no goal of lot design was given, and compactness stood in for one")
    design_status: str = Field(description="of the lots by those goals")
    awards_status: str | None = Field(description="of the awards of those lots; null: there were no lots to award")
    total_price: str | None = Field(description="GBP a year, exact; null without a plan")
    score: float | None = Field(description="its sum of the goals' products, to hold against the objective")
    score_bound: float | None = Field(description="no awards of those lots score less; null where none is proven")
    seconds: float
    lots: tuple[OtherLotEntry, ...]


class JointEntry(Section):
    """Lots and awards decided together: one solve, whose figures stand under design and allocation both."""

    status: str
    objective: float | None
    bound: float | None
    gap: float | None
    total_price: str | None = Field(description="GBP a year, exact; null without a plan")
    value: tuple[str, ...] = Field(description="the value of deciding together, in words; empty: not compared")
    price_saved: str | None = Field(description="GBP a year less than lots first, exact; null: nothing to compare")
    score_saved: float | None = Field(description="lots first less together, in the weighted goals")
    saved_at_least: float | None = Field(description="proven, in the weighted goals; null where nothing is")
    saved_at_most: float | None = Field(description="proven, in the weighted goals; null where nothing is")
    lots_first: LotsFirstEntry | None = Field(description="null: not compared")


class TerritoryEntry(Section):
    """The ground."""

    name: str
    title: str
    areas: int
    attribution: tuple[str, ...]


class InputEntry(Section):
    """One input and its fingerprint, which is the same on every machine."""

    name: str
    sha256: str


class Provenance(Section):
    """What made the result."""

    versions: dict[str, str] = Field(description="lotopt, Python and the packages that decide the answer")
    solver: str
    seed: int
    threads: int
    time_limit: float | None = Field(description="seconds; null: none")
    inputs: tuple[InputEntry, ...]
    more: dict[str, Any] = Field(description="what the solves noted beside this")


class ResultDocument(Section):
    """Everything a run of lotopt found, in one document."""

    schema_version: Literal[1] = 1
    title: str
    outcome: str = Field(description="one plain sentence")
    exit_code: int = Field(
        description="0 done; 3 no plan exists; 4 feasible, wanted gap not reached; 5 nothing found in the time; "
        "6 the audit disagrees; 130 interrupted"
    )
    territory: TerritoryEntry | None = Field(description="null: the market brought its own lots")
    design: DesignEntry | None
    allocation: AllocationEntry | None = Field(
        description="null: no market was given, or there were no lots to award"
    )
    joint: JointEntry | None = Field(description="null: lots were designed first and awarded then")
    provenance: Provenance


def result_schema() -> dict[str, Any]:
    """The JSON schema of result.json."""
    schema = ResultDocument.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def main() -> None:
    """Write the schema into the package."""
    import json
    from pathlib import Path

    text = json.dumps(result_schema(), indent=2, ensure_ascii=False) + "\n"
    Path(__file__).with_name("result.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
