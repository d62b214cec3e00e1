"""The audit of lots and awards decided together: both floors' own, and every price asked of the schedules again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from lotopt.allocation.audit import audit_allocation
from lotopt.core.reading import Audit
from lotopt.design.audit import audit_design
from lotopt.joint.plan import JointPlan
from lotopt.joint.problem import Case
from lotopt.market.schedules import Schedules

# Engine and audit may differ by this share of the objective (or of 1), beside what rounding to the penny may come to.
AGREEMENT = Fraction(1, 10**7)


def audit_plan(plan: JointPlan, case: Case, objective: float | None = None, uncertain: float = 0.0) -> Audit:
    """Every rule and goal of both kinds read once more, each award held against its provider's schedule.

    `objective` is what the engine claims, `uncertain` by how much rounding may move it (both in the unit of the
    weighted goals). Raises InputError when a clause speaks of something that is not there.
    """
    design = audit_design(plan.design, case.design_rules, case.design_goals)
    awards = audit_allocation(plan.allocation, case.award_rules, case.award_goals)
    faults = [*design.faults, *awards.faults, *_faults(plan, case.schedules)]
    parts = [audit.objective for audit in (design, awards) if audit.objective is not None]
    total = sum(map(Fraction, parts), Fraction(0))
    if objective is not None:
        apart = abs(Fraction(objective) - total)
        if apart > max(AGREEMENT * max(Fraction(1), abs(total)), Fraction(uncertain) + Fraction(1, 100)):
            faults.append(f"the engine's objective is {objective:,.6f}, the audit's {float(total):,.6f}")
    notes = tuple(dict.fromkeys((*design.notes, *awards.notes)))
    return Audit((*design.readings, *awards.readings), tuple(faults), float(total) if parts else None, notes)


def _faults(plan: JointPlan, schedules: Schedules) -> Iterator[str]:
    """Lots without one provider, and prices that the schedules do not ask."""
    served = [lot for award in plan.allocation for lot in award.lots]
    for lot in plan.design.lots:
        if served.count(lot) != 1:
            yield f"lot {lot} has {served.count(lot)} awards"
    for award in plan.allocation:
        if len(award.lots) != 1 or award.lots[0] not in plan.design.lots:
            continue
        asked = _asked(plan, schedules, award.provider, award.lots[0])
        if asked != Fraction(award.price):
            price = f"{Decimal(asked.numerator) / asked.denominator:,.2f}"
            yield f"lot {award.lots[0]}: awarded at {award.price:,}, the schedule of {award.provider} asks {price}"


def _asked(plan: JointPlan, schedules: Schedules, provider: str, lot: str) -> Fraction:
    """A price from the sentence of `PriceSchedule` and the territory's own figures, by fractions."""
    territory, schedule = plan.design.territory, schedules.schedule[provider]
    values = territory.measure(schedule.measure)
    over = schedules.taken_over(provider)
    total = _penny(Fraction(schedule.fixed))
    volume = Fraction(0)
    for i, area in enumerate(territory.ids):
        if plan.design.lots[int(plan.design.of[i])] != lot:
            continue
        size = Fraction(str(float(values[i])))
        far = schedule.distance(*(float(x) / 1000 for x in territory.xy[i]))
        km = Fraction(str(round(far, 3)))
        each = Fraction(schedule.rates.get(area, schedule.rate)) + Fraction(schedule.rate_km) * km
        reached = [band.rate for band in schedule.distance_bands if Fraction(band.start) <= km]
        each += Fraction(reached[-1]) if reached and schedule.x_km is not None else 0
        each += Fraction(schedule.mobilisation) if area in over else 0
        volume += size
        total += _penny(size * each)
    bands = Fraction(0)
    for band, following in zip(schedule.volume_bands, (*schedule.volume_bands[1:], None), strict=False):
        end = volume if following is None else min(volume, Fraction(following.start))
        bands += Fraction(band.rate) * max(Fraction(0), end - Fraction(band.start))
    return total + _penny(bands)


def _penny(amount: Fraction) -> Fraction:
    """To the penny, halves upwards, as bills are."""
    whole = amount * 100
    return Fraction((2 * whole.numerator + whole.denominator) // (2 * whole.denominator), 100)
