"""Ensembles of random designs: what is drawn keeps the rules, comes as often as it should, and is told honestly."""

from __future__ import annotations

import numpy as np
import pytest

import lotopt as lo
from lotopt.core.clause import named
from lotopt.core.errors import InputError
from lotopt.design import goals as g
from lotopt.design import rules as r
from lotopt.design.clause import DesignRule
from lotopt.design.design import LotDesign
from lotopt.design.ensemble import Ensemble
from lotopt.design.problem import contract, resolve
from lotopt.design.sample import sample_designs
from lotopt.territory.territory import Territory
from tests.conftest import plan
from tests.design.design_oracle import random_rule, random_territory
from tests.engine.sampling import Plan, canonical, likelihoods, partitions, surprise

SURPRISING = 3.5  # standard deviations, of fixed seeds


def lots(count: int) -> r.LotCount:
    return r.LotCount(at_least=count, at_most=count)


def size(at_least: float, at_most: float, **more: object) -> r.SizeBetween:
    return r.SizeBetween(measure="cases", at_least=at_least, at_most=at_most, **more)  # type: ignore[arg-type]


def drawn(ensemble: Ensemble) -> list[Plan]:
    return [canonical(of) for of in ensemble.of.tolist()]


def legal_plans(
    territory: Territory, rules: list[DesignRule], units: list[tuple[str, ...]]
) -> tuple[list[Plan], list]:
    """Every partition of units (areas by id) that the audit finds nothing wrong with, and how likely each is.

    Borders between two units count once. A partition is told by the lot of each area.
    """
    of = {area: number for number, unit in enumerate(units) for area in unit}
    links: list[set[int]] = [set() for _ in units]
    for a, b in zip(territory.borders.a.tolist(), territory.borders.b.tolist(), strict=True):
        x, y = of[territory.ids[a]], of[territory.ids[b]]
        if x != y:
            links[x].add(y)
            links[y].add(x)
    number = next(rule.at_least for rule in rules if isinstance(rule, r.LotCount))
    near = [sorted(found) for found in links]
    kept: dict[Plan, Plan] = {}
    for by_unit in partitions(near, number, lambda lot: True):
        by_area = canonical(by_unit[of[area]] for area in territory.ids)
        design = LotDesign(territory, tuple(f"L{k}" for k in range(number)), np.array(by_area))
        if lo.audit(design, [rule for rule in rules if not isinstance(rule, r.Fixed)]).ok:
            kept[by_area] = by_unit
    return list(kept), likelihoods(near, list(kept.values()))


def one_by_one(territory: Territory) -> list[tuple[str, ...]]:
    return [(area,) for area in territory.ids]


def test_units_count_each_border_once() -> None:
    """X and Y are whole and share two borders, which count as one: as likely as their units' spanning trees say."""
    territory = plan(
        "AAAA / AAAA / AAAA",
        layers={
            "police": "XX.Y / XXYY / Z...",
        },
    ).territory
    units = [("r1c1", "r1c2", "r2c1", "r2c2"), ("r1c4", "r2c3", "r2c4"), ("r1c3",), ("r3c1",), ("r3c2",), ("r3c3",),
             ("r3c4",)]  # fmt: skip
    rules = [lots(2), r.Contiguous(), r.Whole(layer="police"), size(3, 9)]
    plans, likely = legal_plans(territory, rules, units)
    ensemble = sample_designs(territory, rules, 8000, thin=4)
    assert "graph is of 7 units" in ensemble.distribution
    assert len(plans) > 5
    assert abs(surprise(drawn(ensemble), plans, likely)) < SURPRISING


def test_a_pinned_lot_never_changes_and_the_rest_comes_as_it_should() -> None:
    """Two squares are the lot West, by name and last of all; the other seven are divided as if they were alone."""
    territory = plan("AAA / AAA / AAA").territory
    west = ("r2c1", "r3c1")
    rules = [lots(3), r.Contiguous(), size(2, 5), r.Fixed(lots={"West": west}, complete=True)]
    ensemble = sample_designs(territory, rules, 8000, thin=4)
    assert ensemble.lots == ("L1", "L2", "West")
    where = [territory.index[area] for area in west]
    assert (ensemble.of[:, where] == 2).all()
    assert (np.delete(ensemble.of, where, axis=1) < 2).all()
    units = [west, *((area,) for area in territory.ids if area not in west)]
    plans, likely = legal_plans(territory, rules, units)
    alone = [k for k, of in enumerate(plans) if of.count(of[where[0]]) == 2]
    likely = [likely[k] / sum(likely[j] for j in alone) for k in alone]
    assert abs(surprise(drawn(ensemble), [plans[k] for k in alone], likely)) < SURPRISING


@pytest.mark.parametrize("seed", range(40))
def test_random_maps_and_rules(seed: int) -> None:
    """What is drawn is what the audit lets through, as often as it should, and something wherever there is any."""
    random = np.random.default_rng(seed)
    territory = random_territory(random)
    rules: list[DesignRule] = [lots(int(random.integers(2, 5))), r.Contiguous()]
    kinds = ("size_between", "size_between", "whole", "keep_together")
    rules = list(named([*rules, *(random_rule(kind, territory, random) for kind in kinds if random.random() < 0.4)]))
    of = contract(territory, resolve(territory, rules, ())).atom_of
    units = [tuple(territory.ids[i] for i in np.flatnonzero(of == unit)) for unit in range(of.max() + 1)]
    plans, likely = legal_plans(territory, rules, units)
    if not plans:
        with pytest.raises(InputError):
            sample_designs(territory, rules, 2000, thin=30)
        return
    try:
        ensemble = sample_designs(territory, rules, 2000, thin=30)
    except InputError as told:
        if "joins" not in str(told):  # a map in several pieces
            raise
        return
    # more than enough draws for each, or too few to say how often each comes
    if len(plans) > 1 and min(likely) * 2000 > 3:
        assert abs(surprise(drawn(ensemble), plans, likely)) < SURPRISING
    assert set(drawn(ensemble)) <= set(plans)


def test_every_design_keeps_every_rule() -> None:
    """Two measures, whole agencies but for one, an agency in two pieces, areas kept together and a pinned lot."""
    territory = plan(
        "AAAAAA / AAAAAA / AAAAAA / AAAAAA",
        measures={"people": "1 2 3 1 2 3 / 2 2 2 2 2 2 / 5 1 1 1 1 5 / 1 1 9 1 1 1"},
        layers={"police": "XX..YY / ....YY / ZZ..WW / Z....X"},
    ).territory
    rules = [
        lots(5), r.Contiguous(), size(2, 12),
        r.SizeBetween(measure="people", at_least=0.04, at_most=0.45, of="share"),
        r.Whole(layer="police", excepted=("W",)), r.KeepTogether(places=("r2c1", "r2c2")),
        r.Fixed(lots={"South": ("r4c3", "r4c4")}, complete=True),
    ]  # fmt: skip
    ensemble = sample_designs(territory, rules, 150, chains=3)
    assert ensemble.distinct > 20
    for design in ensemble:
        audit = lo.audit(design, rules)
        assert audit.ok, str(audit)
    assert {tuple(design.lots) for design in ensemble} == {("L1", "L2", "L3", "L4", "South")}


@pytest.mark.parametrize("at_least", [0, 2])
def test_lots_let_off_a_limit_are_let_off(at_least: float) -> None:
    """The square r1c1 alone is larger than a lot may be; its lot may be as large as it likes."""
    territory = plan("AAAA / AAAA", measures={"cases": "9 1 1 1 / 1 1 1 1"}).territory
    rules = [lots(2), r.Contiguous(), size(at_least, 5, excepted=("r1c1",))]
    ensemble = sample_designs(territory, rules, 100)
    assert all(lo.audit(design, rules).ok for design in ensemble)
    assert ensemble.distinct > 3


def four_by_four(count: int = 50, **more: int | None) -> Ensemble:
    territory = plan("AAAA / AAAA / AAAA / AAAA").territory
    return sample_designs(territory, [lots(4), r.Contiguous(), size(3, 5)], count, **more)  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_designs() -> None:
    """Byte for byte; another seed gives others, and each chain of one seed its own."""
    first, again, other = four_by_four(), four_by_four(), four_by_four(seed=2)
    assert first.of.tobytes() == again.of.tobytes()
    assert first.chains == again.chains
    assert first.of.tobytes() != other.of.tobytes()
    assert len({first.of[first.chain == chain].tobytes() for chain in range(4)}) == 4


def test_designs_are_shared_out_among_chains() -> None:
    """Ten designs of four chains: 3, 3, 2 and 2, one after the other; two designs need no more than two chains."""
    ensemble = four_by_four(10)
    assert ensemble.chain.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 3, 3]
    assert [report.designs for report in ensemble.chains] == [3, 3, 2, 2]
    assert len(four_by_four(2).chains) == 2


def test_lots_are_numbered_by_their_first_area() -> None:
    """Lots of every design come in the order of their first areas, and so do their names."""
    ensemble = four_by_four()
    assert drawn(ensemble) == [tuple(of) for of in ensemble.of.tolist()]
    assert [areas[0] for _, areas in ensemble.design(0)] == sorted(areas[0] for _, areas in ensemble.design(0))


def test_steps_are_counted() -> None:
    """Fifty designs, one every seven steps: 350 pairs drawn; some touch, can be cut, and were cut elsewhere."""
    ensemble = four_by_four(thin=7, burn=3)
    assert sum(report.steps for report in ensemble.chains) == 350
    for report in ensemble.chains:
        assert report.steps >= report.touching >= report.cut > report.moved > 0
        assert report.tried >= 1
    assert 0 < ensemble.acceptance < 1


def test_a_goal_and_a_function_are_measured_of_every_design() -> None:
    """All borders are of one kilometre: as many are cut as the goal has kilometres; lots have twice that in all."""
    ensemble = four_by_four()
    length = ensemble.values(g.BorderLength(weight=7))
    assert length.tolist() == ensemble.cut_borders.tolist()
    assert (2 * length).tolist() == ensemble.values(lambda design: design.table.border_length().sum()).tolist()
    assert len(set(length.tolist())) > 2


def test_what_designs_are_worth() -> None:
    """A thousand designs of which each follows from the last at one step are worth far fewer independent ones."""
    dense, sparse = four_by_four(1000, thin=1), four_by_four(1000, thin=60)
    assert dense.effective_size(dense.cut_borders) < 300 < 600 < sparse.effective_size(sparse.cut_borders)
    assert sparse.split_rhat(sparse.cut_borders) == pytest.approx(1, abs=0.02)
    assert any("independent ones" in note for note in dense.notes)


def test_a_chain_that_stands_still_is_told() -> None:
    """Four lots of four squares: one design, drawn again and again, with nothing to move."""
    ensemble = sample_designs(plan("AAAA").territory, [lots(4), r.Contiguous()], 8)
    assert ensemble.notes == (
        "4 of 4 chains stood still: no pair of lots was cut in another way.",
        "1 of 8 designs are distinct: the rules leave few, or chains hardly move.",
    )


def test_chains_that_never_meet_are_told() -> None:
    """Four pairs around a ring of eight change only by turning all at once, which no step does: two designs."""
    ring = plan("AAA / A.A / AAA").territory
    ensemble = sample_designs(ring, [lots(4), r.Contiguous(), size(2, 2)], 40, chains=8)
    assert ensemble.distinct == 2
    assert any(note.startswith("8 of 8 chains stood still") for note in ensemble.notes)


def test_ferries_join_unless_left_out() -> None:
    """Two islands of two squares each: one lot may lie on both by ferry, and none where ferries do not count."""
    territory = plan("AA.AA", links=[("r1c2", "r1c4", "ferry")]).territory
    ensemble = sample_designs(territory, [lots(2), r.Contiguous()], 60)
    assert set(drawn(ensemble)) == {(0, 1, 1, 1), (0, 0, 1, 1), (0, 0, 0, 1)}
    with pytest.raises(InputError, match="joins r1c4, r1c5 to the rest"):
        sample_designs(territory, [lots(2), r.Contiguous(leave_out=("ferry",))], 60)


def test_everything_may_be_pinned() -> None:
    """Both lots pinned: the one design there is."""
    pins = r.Fixed(lots={"W": ("r1c1",), "E": ("r1c2", "r1c3")}, complete=True)
    ensemble = sample_designs(plan("AAA").territory, [lots(2), r.Contiguous(), pins], 3)
    assert ensemble.of.tolist() == [[0, 1, 1]] * 3
    assert ensemble.lots == ("W", "E")


def test_designs_are_numbered_from_nought() -> None:
    """A number that no design has is an error, also a negative one."""
    ensemble = four_by_four(3)
    for wrong in (-1, 3):
        with pytest.raises(IndexError, match="of 3, which are numbered from 0"):
            ensemble.design(wrong)


def test_an_ensemble_says_what_it_is() -> None:
    """How many, how likely, how the chains went; what is to be told comes last."""
    ensemble = sample_designs(plan("AAAA").territory, [lots(4), r.Contiguous()], 20)
    assert str(ensemble).splitlines() == [
        "20 designs of 4 lots in 4 chains; 1 are distinct.",
        ensemble.distribution,
        "One every 30 steps after 600; 0% of the pairs of lots that touch were cut in another way.",
        "For the mean number of borders cut they are worth 20 independent designs; split R-hat 1.000.",
        *ensemble.notes,
    ]
    assert ensemble.distribution == (
        "Designs of 4 lots that keep every rule, each with probability proportional to the product, over its lots, "
        "of the number of spanning trees of the graph of borders inside the lot; the graph is of 4 areas."
    )
    assert "independent" not in str(four_by_four(3))
    assert repr(four_by_four(3)) == "<Ensemble: 3 designs of 4 lots in 3 chains>"


def test_a_table_of_the_designs() -> None:
    """One row per design."""
    frame = four_by_four(3).to_frame()
    assert frame.columns.tolist() == ["design", "chain", "cut_borders"]
    assert frame["design"].tolist() == [0, 1, 2]
