"""An instance in a file: a TOML file that names the areas and borders, the lots, limits, goal and known value."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from benchmarks.instances import Design
from benchmarks.maps import Map
from lotopt.core.errors import InputError, Problems
from lotopt.design import goals, rules
from lotopt.design.clause import DesignGoal, DesignRule

if TYPE_CHECKING:
    from lotopt.territory.territory import Territory

WEIGHT = "weight"
LENGTH_OF_ONE = 1000.0  # metres: where cut borders are counted, each is one km long
NOT_LAYERS = {"id", "name", WEIGHT, "x", "y"}


class Part(BaseModel):
    """A frozen table of an instance file that knows no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(Part):
    """What every lot's weight may be: within a fraction of the mean, or between two amounts; and rules on layers."""

    around: float | None = Field(default=None, gt=0, lt=1)
    at_least: float = Field(default=0.0, ge=0)
    at_most: float | None = Field(default=None, gt=0)
    whole: str | None = None
    nested: str | None = None
    splits: dict[str, int] = Field(default_factory=dict)
    contiguous: bool = True


Name = Literal["cut_edges", "border", "compact", "interfaces", "balance"]


class InstanceFile(Part):
    """The whole of an instance file. `known` is an optimum proven elsewhere, `source` says where.

    The map is in two tables, or in a `territory.toml` (or an embedded place), of which `measure` is the weight.
    `goal` is one goal, `goals` several with their weights; `layer` is what interfaces are counted with.
    """

    title: str = ""
    areas: str = "areas.csv"
    borders: str = "borders.csv"
    territory: str = ""
    measure: str = WEIGHT
    lots: int = Field(ge=1)
    limits: Limits = Limits()
    goal: Name | None = None
    goals: dict[Name, float] = Field(default_factory=dict)
    layer: str = ""
    known: float | None = None
    source: str = ""
    limit: float = Field(default=600.0, gt=0)
    peers: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> InstanceFile:
        if (self.goal is None) == (not self.goals):
            raise ValueError("give either goal or goals")
        if "interfaces" in self.wanted and not self.layer:
            raise ValueError("goal 'interfaces' needs `layer`, a column of the areas")
        if {"cut_edges", "border"} <= set(self.wanted):
            raise ValueError("cut_edges and border are two lengths of the same borders; give one of them")
        if self.territory and "cut_edges" in self.wanted:
            raise ValueError("cut_edges needs the map in areas.csv and borders.csv")
        return self

    @property
    def wanted(self) -> dict[Name, float]:
        """Every goal with its weight."""
        return self.goals if self.goal is None else {self.goal: 1.0}


@dataclass(frozen=True)
class OwnMap:
    """A territory of its own: a folder, a territory.toml, or the name of an embedded place."""

    place: str

    def territory(self) -> Territory:
        """The territory as it is. Raises InputError."""
        from lotopt.territory.places import load_territory

        return load_territory(self.place)


@dataclass(frozen=True)
class FolderMap:
    """The areas and borders of two CSV files.

    areas.csv: id, weight, optionally name, x and y (metres), and a column for each layer. borders.csv: a, b and
    optionally length (metres). With `count_cuts` every border is one km long, so that length counts borders.
    """

    areas: Path
    borders: Path
    title: str
    count_cuts: bool

    def territory(self) -> Territory:
        """The map as a territory with the measure `weight`. Raises InputError for what is wrong in the files."""
        from lotopt.territory.territory import Territory

        found = _rows(self.areas, ("id", WEIGHT))
        layers = [name for name in found if name not in NOT_LAYERS]
        columns: dict[str, list[Any]] = {"area" if name == "id" else name: values for name, values in found.items()}
        lines = _rows(self.borders, ("a", "b"))
        length = lines.get("length", ["0"] * len(lines["a"]))
        borders = [
            (a, b, LENGTH_OF_ONE if self.count_cuts else metres)
            for a, b, metres in zip(lines["a"], lines["b"], length, strict=True)
        ]
        return Territory.from_tables(
            columns, borders, measures=[WEIGHT], layers=layers, title=self.title, islands_allowed=True
        )


def _rows(file: Path, needed: tuple[str, ...]) -> dict[str, list[str]]:
    problems = Problems(file.name)
    try:
        with file.open(newline="", encoding="utf-8-sig") as opened:
            reader = csv.DictReader(opened)
            rows = list(reader)
            names = list(reader.fieldnames or ())
    except OSError as error:
        raise InputError(file.name, [f"cannot be read: {error.strerror}"]) from None
    for name in needed:
        if name not in names:
            problems.add(f"no column '{name}'; it has: {', '.join(names)}")
    problems.check()
    return {name: [row[name] for row in rows] for name in names}


def read_instance(file: Path) -> Design:
    """The instance of a TOML file, or of the one TOML file in a folder. Raises InputError with every problem."""
    file = _the_file(file)
    try:
        stated = InstanceFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise InputError(file.name, [str(error)]) from None
    except ValidationError as error:
        told = [f"{'.'.join(map(str, found['loc'])) or 'the file'}: {found['msg']}" for found in error.errors()]
        raise InputError(file.name, told) from None
    from benchmarks.peers.registry import PEERS

    peers = _peers(stated) if stated.peers is None else stated.peers
    unknown = [f"peers: no peer '{name}'; there are: {'; '.join(PEERS)}" for name in peers if name not in PEERS]
    if unknown:
        raise InputError(file.name, unknown)
    return Design(
        stated.title or (file.parent.name if file.stem == "instance" else file.stem),
        _map(file, stated),
        tuple(_rules(stated)),
        tuple(_goal(name, weight, stated) for name, weight in stated.wanted.items()),
        stated.limit,
        peers,
        known=stated.known,
        source=stated.source,
    )


def _map(file: Path, stated: InstanceFile) -> Map:
    if not stated.territory:
        cuts = "cut_edges" in stated.wanted
        return FolderMap(file.parent / stated.areas, file.parent / stated.borders, stated.title, cuts)
    beside = file.parent / stated.territory
    return OwnMap(str(beside) if beside.exists() else stated.territory)


def _the_file(file: Path) -> Path:
    if not file.is_dir():
        if not file.exists():
            raise InputError(str(file), ["there is no such file"])
        return file
    found = sorted(file.glob("*.toml"))
    if len(found) != 1:
        raise InputError(str(file), [f"the folder holds {len(found)} TOML files; name the one that is meant"])
    return found[0]


def _rules(stated: InstanceFile) -> list[DesignRule]:
    limits, lots = stated.limits, stated.lots
    asked: list[DesignRule] = [rules.LotCount(at_least=lots, at_most=lots)]
    if limits.around is not None:
        low, high = ((1 + sign * limits.around) / lots for sign in (-1, 1))
        asked.append(rules.SizeBetween(measure=stated.measure, of="share", at_least=low, at_most=high))
    if limits.at_least or limits.at_most is not None:
        most = {} if limits.at_most is None else {"at_most": limits.at_most}
        asked.append(rules.SizeBetween(measure=stated.measure, at_least=limits.at_least, **most))
    if limits.contiguous:
        asked.append(rules.Contiguous())
    if limits.whole is not None:
        asked.append(rules.Whole(layer=limits.whole))
    if limits.nested is not None:
        asked.append(rules.Nested(layer=limits.nested))
    asked += [rules.Splits(layer=layer, at_most=most) for layer, most in sorted(limits.splits.items())]
    return asked


def _goal(name: Name, weight: float, stated: InstanceFile) -> DesignGoal:
    if name == "interfaces":
        return goals.Interfaces(layer=stated.layer, weight=weight)
    if name in ("cut_edges", "border"):
        return goals.BorderLength(weight=weight)
    kind = goals.Compactness if name == "compact" else goals.Balance
    return kind(measure=stated.measure, weight=weight)


def _peers(stated: InstanceFile) -> tuple[str, ...]:
    """All that may accept it; those that do not say so."""
    from benchmarks.peers.registry import PEERS
    from benchmarks.registry import ASSIGN, CENTRES, CHAINS, COLUMNS, NUMBERED, REGIONS

    models = CENTRES if "compact" in stated.wanted else (*ASSIGN, *NUMBERED)
    wanted = (*COLUMNS, *models, *CHAINS, *REGIONS)
    return tuple(name for name in PEERS if name in wanted)
