"""What is measured of a lot beside what lot design asks for: prices, counts and volumes, as slots of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from lotopt.core.lot import AreaFacts
from lotopt.design.problem import Contracted
from lotopt.engine.model.program import BANDED, ONE, TOTAL, Program
from lotopt.market.schedule import PriceSchedule
from lotopt.market.schedules import Schedules
from lotopt.territory.facts import area_facts
from lotopt.territory.parts import Floats, Ints
from lotopt.territory.territory import Territory

HALF_A_PENNY = 0.5


@dataclass(frozen=True, eq=False)
class Slots:
    """The program of lot design with slots for awards, the same for every provider but for its own prices.

    `one` counts lots, `volume` holds each measure's total, `area_price` what areas add to the price and `bands` what
    volume bands add (None where nobody has any), in pence. `fixed` is what a provider asks for any lot, `areas` (n,)
    what each atom adds, `volumes` (n,) the measure its bands count.
    """

    base: Program
    one: int
    volume: Mapping[str, int]
    area_price: int
    bands: int | None
    fixed: Mapping[str, float]
    areas: Mapping[str, Floats]
    volumes: Mapping[str, Floats]
    schedules: Schedules
    rounding: float  # pence by which the engine's price of a lot may be from the exact one

    @classmethod
    def of(cls, territory: Territory, schedules: Schedules, contracted: Contracted, measures: Sequence[str]) -> Slots:
        """The slots for the award rules' `measures` and for the prices of all who make offers."""
        atom_of, program = contracted.atom_of, contracted.problem.program
        facts = area_facts(territory)
        asked = [schedules.schedule[provider.id] for provider in schedules.offering]
        volume: dict[str, int] = {}
        for measure in measures:
            by_atom = _by_atom(territory.measure(measure), atom_of, program.atoms)
            program, volume[measure] = _total(program, by_atom)
        program, one = _counting(program)
        # the own prices of each provider take the place of the zeros here
        program, area_price = _added(program, TOTAL, np.zeros(program.atoms))
        bands = None
        if any(schedule.volume_bands for schedule in asked):
            program, bands = _added(program, BANDED, np.zeros(program.atoms))
        fixed: dict[str, float] = {}
        areas: dict[str, Floats] = {}
        volumes: dict[str, Floats] = {}
        for provider in schedules.offering:
            schedule, over = schedules.schedule[provider.id], schedules.taken_over(provider.id)
            prices = [100.0 * float(schedule.price_of_area(area, area.id in over)) for area in facts]
            fixed[provider.id] = float(round(100.0 * float(schedule.fixed_charge)))
            areas[provider.id] = _by_atom(np.rint(prices), atom_of, program.atoms)
            size = [float(schedule.volume(area)) for area in facts]
            volumes[provider.id] = _by_atom(np.array(size), atom_of, program.atoms)
        exact = all(_whole(schedule, facts) for schedule in asked)
        rounding = 0.0 if exact else HALF_A_PENNY
        return cls(program, one, volume, area_price, bands, fixed, areas, volumes, schedules, rounding)

    def unit(self, slot: int) -> Floats:
        """The slot by itself (F,)."""
        found = np.zeros(self.base.slots)
        found[slot] = 1.0
        return found

    def widened(self, over_design: Floats) -> Floats:
        """Coefficients of the slots of lot design, with zeros for the slots that came after them (F,)."""
        return np.concatenate([over_design, np.zeros(self.base.slots - len(over_design))])

    def price(self, provider: str) -> Floats:
        """A provider's price of a lot as a sum over slots (F,), in pence."""
        found = self.unit(self.area_price)
        found[self.one] += self.fixed[provider]
        if self.bands is not None:
            found[self.bands] = 1.0
        return found

    def program(self, provider: str, caps: Mapping[int, float]) -> Program:
        """The program with a provider's own prices; `caps` are the most that its lots may hold of some slots."""
        sums = self.base.sums.copy()
        sums[self.base.which[self.area_price]] = self.areas[provider]
        made = self.base._replace(sums=sums)
        if self.bands is not None:
            sums[self.base.which[self.bands]] = self.volumes[provider]
            starts, at, slopes = _line(self.schedules.schedule[provider])
            ptr = np.array([0, len(starts)], dtype=np.int64)
            made = made._replace(band_ptr=ptr, band_from=starts, band_at=at, band_slope=slopes)
        exempt = np.zeros((len(caps), made.atoms), dtype=bool)
        return made._replace(
            limit_slot=np.append(made.limit_slot, list(caps)).astype(np.int64),
            limit_low=np.append(made.limit_low, np.full(len(caps), -np.inf)),
            limit_high=np.append(made.limit_high, list(caps.values())),
            limit_exempt=np.vstack([made.limit_exempt.reshape(-1, made.atoms), exempt]),
        )


def _line(schedule: PriceSchedule) -> tuple[Floats, Floats, Floats]:
    """The volume bands as pieces of a line: where each starts, what has come together there, pence per unit."""
    starts, at, slopes = [0.0], [0.0], [0.0]
    for band in schedule.volume_bands:
        start, slope = float(band.start), float(band.rate * 100)
        if start == 0.0:
            slopes[0] = slope
            continue
        at.append(at[-1] + slopes[-1] * (start - starts[-1]))
        starts.append(start)
        slopes.append(slope)
    return np.array(starts), np.array(at), np.array(slopes)


def _whole(schedule: PriceSchedule, areas: Sequence[AreaFacts]) -> bool:
    """Whether what the bands add is whole pence for any lot, without rounding."""

    def integer(value: Decimal) -> bool:
        return value == value.to_integral_value()

    if not schedule.volume_bands:
        return True
    bands = all(integer(band.start) and integer(band.rate * 100) for band in schedule.volume_bands)
    return bands and all(integer(schedule.volume(area)) for area in areas)


def _by_atom(values: Floats, atom_of: Ints, atoms: int) -> Floats:
    return np.bincount(atom_of, weights=values, minlength=atoms).astype(np.float64)


def _counting(program: Program) -> tuple[Program, int]:
    """The slot that counts lots, made where there is none."""
    found = np.flatnonzero(program.kind == ONE)
    if len(found):
        return program, int(found[0])
    return _with_slot(program, ONE, 0), program.slots


def _total(program: Program, values: Floats) -> tuple[Program, int]:
    """The slot that adds up a number per atom, made where there is none."""
    for slot in np.flatnonzero(program.kind == TOTAL):
        if np.array_equal(program.sums[program.which[slot]], values):
            return program, int(slot)
    return _added(program, TOTAL, values)


def _added(program: Program, kind: int, values: Floats) -> tuple[Program, int]:
    """A slot of a kind over a sum of its own."""
    sums = np.vstack([program.sums.reshape(-1, program.atoms), values])
    return _with_slot(program._replace(sums=sums), kind, len(sums) - 1), program.slots


def _with_slot(program: Program, kind: int, which: int) -> Program:
    def longer(values: Ints, value: int) -> Ints:
        return np.append(values, value).astype(np.int64)

    return program._replace(
        kind=longer(program.kind, kind), which=longer(program.which, which), target=np.append(program.target, 0.0)
    )
