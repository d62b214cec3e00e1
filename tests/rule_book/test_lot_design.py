"""Rules on the lots themselves: TR-7, PE-1 and CL-3, on the nine areas of the own map."""

from __future__ import annotations

from collections.abc import Mapping

import lotopt as lo
from lotopt.core.result import Status
from lotopt.design.design import LotDesign
from lotopt.study.examples import example

# caseload by police area: North A1 + A2 + A3 = 1,010; West A4 + A5 + A7 = 1,220; East A6 + A8 + A9 = 870
POLICE = {frozenset({"A1", "A2", "A3"}), frozenset({"A4", "A5", "A7"}), frozenset({"A6", "A8", "A9"})}


def designed(*rules: object, goal: object) -> LotDesign:
    """The best plan of the own map."""
    meres = lo.load_territory(str(example("own-map/tables/territory.toml")))
    found = lo.design_lots(meres, rules, [goal])  # type: ignore[arg-type]
    assert found.status is Status.OPTIMAL
    assert found.plan is not None
    return found.plan


def caseload(plan: LotDesign) -> Mapping[str, float]:
    """The caseload of each lot."""
    return {lot.id: lot.volumes["caseload"] for lot in plan.facts()}


def test_tr_7_lots_do_not_cut_across_police_areas_and_their_number_is_free() -> None:
    """Two to four lots, each inside one police area: with at least 800 cases a lot there are three, one for each."""
    plan = designed(
        lo.rules.LotCount(at_least=2, at_most=4),
        lo.rules.SizeBetween(measure="caseload", at_least=800, at_most=1300),
        lo.rules.Contiguous(),
        lo.rules.Nested(layer="police"),
        goal=lo.goals.BorderLength(),
    )
    assert {frozenset(areas) for _, areas in plan} == POLICE


def test_pe_1_old_lots_are_merged() -> None:
    """Three old lots become two, and each new one is made of whole old ones."""
    plan = designed(
        lo.rules.LotCount(at_least=2, at_most=2),
        lo.rules.Contiguous(),
        lo.rules.Whole(layer="police"),
        goal=lo.goals.BorderLength(),
    )
    assert len(plan) == 2
    for _, areas in plan:
        assert all(old <= set(areas) or old.isdisjoint(areas) for old in POLICE)


def test_cl_3_units_are_made_similar_in_size() -> None:
    """Balanced lots differ less in caseload, from the largest to the smallest, than those of shortest borders."""
    rules = (lo.rules.LotCount(at_least=3, at_most=3), lo.rules.Contiguous())
    spread = {}
    for name, goal in {"balance": lo.goals.Balance(measure="caseload"), "borders": lo.goals.BorderLength()}.items():
        sizes = caseload(designed(*rules, goal=goal)).values()
        spread[name] = max(sizes) - min(sizes)
    assert spread["balance"] < spread["borders"]


def test_cl_3_compact_units_are_found_beside_balanced_ones() -> None:
    """Compactness is a goal of its own, and size may be held beside it."""
    sizes = caseload(
        designed(
            lo.rules.LotCount(at_least=3, at_most=3),
            lo.rules.SizeBetween(measure="caseload", at_least=900, at_most=1200),
            lo.rules.Contiguous(),
            goal=lo.goals.Compactness(measure="caseload"),
        )
    ).values()
    assert min(sizes) >= 900
    assert max(sizes) <= 1200
