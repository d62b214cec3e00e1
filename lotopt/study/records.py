"""What is read of the result.json of an earlier run."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lotopt.core.result import Status


class Record(BaseModel):
    """What is read of result.json: only what is needed, so that results of other versions can be read too."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class PhaseRecord(Record):
    name: str
    seconds: float = 0.0


class GoalRecord(Record):
    name: str
    value: float
    unit: str = ""
    weight: float = 1.0


class ReadingRecord(Record):
    clause: str
    where: str
    value: float | Decimal
    at_least: float | Decimal | None = None
    at_most: float | Decimal | None = None
    unit: str = ""


class AuditRecord(Record):
    readings: tuple[ReadingRecord, ...] = ()
    faults: tuple[str, ...] = ()


class LotRecord(Record):
    id: str
    name: str = ""
    areas: tuple[str, ...]


class SolvedRecord(Record):
    status: Status
    objective: float | None = None
    bound: float | None = None
    wanted_gap: float = 1e-4
    interrupted: bool = False
    phases: tuple[PhaseRecord, ...] = ()
    goals: tuple[GoalRecord, ...] = ()
    audit: AuditRecord | None = None
    conflict: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


class WeighedRecord(Record):
    measure: str = ""


class DesignRecord(SolvedRecord):
    lots: tuple[LotRecord, ...] = ()
    coherence: WeighedRecord | None = None


class AwardRecord(Record):
    lots: tuple[str, ...]
    provider: str
    provider_name: str = ""
    price: Decimal


class AllocationRecord(SolvedRecord):
    simulated: bool = False
    total_price: Decimal | None = None
    awards: tuple[AwardRecord, ...] = ()


class TerritoryRecord(Record):
    name: str
    title: str = ""


class InputRecord(Record):
    name: str
    sha256: str


class ProvenanceRecord(Record):
    versions: dict[str, str] = {}
    inputs: tuple[InputRecord, ...] = ()


class RunRecord(Record):
    """A result.json as far as a comparison needs it."""

    schema_version: Literal[1]
    title: str = ""
    territory: TerritoryRecord | None = None
    design: DesignRecord | None = None
    allocation: AllocationRecord | None = None
    provenance: ProvenanceRecord
