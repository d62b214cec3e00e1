"""notice.txt: what a tender notice says about lots, from the scenario and the lots alone; the rest in [brackets]."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from report_cases import GOALS, RULES, awarded, decided_together, solved

from lotopt.allocation import rules as a
from lotopt.allocation.goals import GOALS as AWARD_GOALS
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.goals.per_bid import ChangeOfSupplier, Contracts, DrawnLot, IncumbentAdjustment
from lotopt.allocation.goals.price import QualityLost
from lotopt.allocation.rules import RULES as AWARD_RULES
from lotopt.core.lot import LotFacts
from lotopt.core.result import Result
from lotopt.design import rules as r
from lotopt.design.design import LotDesign
from lotopt.market.bid import Bid, Item
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.terms import ItemTerms
from lotopt.report.tender import method as m
from lotopt.report.tender.lots import lots_of, whole_layer
from lotopt.report.tender.notice import notice_text, write_notice

LIMITED = (a.EveryItemAwarded(), a.AwardLimit(at_most=2), a.ValueShare(at_most=0.5))


def told(design: LotDesign, **options: Any) -> str:
    given: dict[str, Any] = {"rules": RULES, "goals": GOALS, "award_rules": LIMITED, "award_goals": (TotalPrice(),)}
    return notice_text(solved(design), **given | options)


def lines(text: str) -> list[str]:
    return text.splitlines()


def test_every_lot_is_told_with_its_areas_and_size(design: LotDesign) -> None:
    """Nine squares in three lots of 3 cases; the rows of the layer are split, so lots are told by their areas."""
    found = lines(told(design))
    assert "The contract is divided into 3 lots." in found
    at = found.index("Lot 2 (B)")
    assert found[at + 1] == "Area (3): r1c3; r2c2; r2c3"
    assert found[at + 2] == "cases: 3, 33.3 % of all lots"


def test_lots_are_told_by_agencies_that_are_whole(plan: Callable[..., Any]) -> None:
    """Three columns in three lots, and a layer whose agencies are the first two columns and the third."""
    drawn = plan("ABC / ABC", layers={"police": "NNS / NNS", "council": "XYZ / XYZ"})
    design = LotDesign(drawn.territory, drawn.lots, drawn.of)
    assert whole_layer(design) == "council"  # N deals with two lots
    found = lines(told(design))
    assert found[found.index("Lot 1 (A)") + 1] == "council: X"


def test_a_layer_that_the_rules_keep_whole_comes_first(plan: Callable[..., Any]) -> None:
    """Both layers are whole; the scenario names the second."""
    drawn = plan("AB / AB", layers={"police": "XY / XY", "court": "PQ / PQ"})
    design = LotDesign(drawn.territory, drawn.lots, drawn.of)
    assert whole_layer(design) == "police"
    assert whole_layer(design, [r.Whole(layer="court")]) == "court"


def test_agencies_that_leave_areas_out_do_not_tell_a_lot(plan: Callable[..., Any]) -> None:
    """An area without an agency would be missing from the notice."""
    drawn = plan("AB / AB", layers={"police": "XY / X."})
    assert whole_layer(LotDesign(drawn.territory, drawn.lots, drawn.of)) == ""


def test_limits_are_the_sentences_of_their_rules(design: LotDesign) -> None:
    """Under the heading of what one supplier may be awarded, and nowhere else."""
    found = lines(told(design))
    at = found.index("What one supplier may be awarded:")
    assert found[at + 1 : at + 3] == [f"- {LIMITED[1].explain()}", f"- {LIMITED[2].explain()}"]
    assert found.count(f"- {LIMITED[1].explain()}") == 1


def test_the_mechanism_is_the_optimisation_rule(design: LotDesign) -> None:
    """s.23(4): one aim, and what happens to a supplier that would win more than its limit."""
    text = told(design)
    assert "does best by this aim: keep the total price of all awards low" in text
    assert "Where a supplier's tenders would be best for more lots than the limits allow" in text


def test_without_a_limit_nothing_is_said_of_exceeding_it(design: LotDesign) -> None:
    """And a person is asked to confirm that there is none."""
    text = told(design, award_rules=(a.EveryItemAwarded(),))
    assert "There is no limit on what one supplier may be awarded. [Confirm.]" in text
    assert "Where a supplier's tenders" not in text


def test_aims_in_order(design: LotDesign) -> None:
    """Numbered, in the order in which they count."""
    found = lines(told(design, award_goals=(Contracts(), TotalPrice()), in_order=True))
    at = next(i for i, line in enumerate(found) if "by the first aim" in line)
    assert found[at + 1].startswith("1. keep the number of contracts low")
    assert found[at + 2].startswith("2. keep the total price of all awards low")


def test_aims_with_weights(design: LotDesign) -> None:
    """Each with its weight and unit."""
    found = told(design, award_goals=(TotalPrice(), QualityLost(weight=1000)))
    assert "- weight 1,000, counted in points lost: keep the points of quality lost by the winning bids low." in found


def test_ties_are_told_in_their_order(design: LotDesign) -> None:
    """Quality, then a lot drawn with a seed that anyone can draw again."""
    found = lines(told(design, ties=(QualityLost(), DrawnLot(seed=5))))
    at = next(i for i, line in enumerate(found) if line.startswith("Where several combinations"))
    assert found[at + 2] == "2. draw lots with the seed 5."


def test_a_method_without_rules_for_ties_asks_for_some(design: LotDesign) -> None:
    """A mechanism that leaves ties open is not objective."""
    assert "[No rule for ties is declared." in told(design)


@pytest.mark.parametrize(("gap", "asked"), [(1e-4, True), (0.0, False)])
def test_a_gap_is_told(gap: float, asked: bool, design: LotDesign) -> None:
    """What counts as best is part of the mechanism."""
    assert ("no other that keeps all conditions is better by more than 0.01 %" in told(design, gap=gap)) == asked
    assert ("[Within 0.01 %" in told(design, gap=gap)) == asked


def test_no_bid_and_no_price_is_told(design: LotDesign) -> None:
    """A notice comes before tenders: neither names, nor ids, nor amounts of the run's bids are in it."""
    awards = awarded(design)
    assert awards.plan is not None
    text = notice_text(solved(design), awards, rules=RULES, award_rules=LIMITED, award_goals=(TotalPrice(),))
    for bid in awards.plan.market.bids:
        assert bid.id not in text
        assert f"{bid.price:,}" not in text
        assert str(bid.price) not in text
    for provider in awards.plan.market.providers:
        assert provider.title not in text


def test_rules_that_name_suppliers_are_pointed_at(design: LotDesign) -> None:
    """s.12(2)-(3): suppliers are treated the same unless a difference justifies otherwise. No name is published."""
    market = Market(design.facts(), (Provider(id="p0"), Provider(id="p1", group="G")), ())
    text = told(design, market=market, award_rules=(a.AwardLimit(at_most=2, excepted=("G",)),))
    assert "- [The condition award_limit names suppliers and is left out here.]" in lines(text)
    assert "except G" not in text[: text.index("5. BEFORE")]
    assert "names a supplier (G): No provider or legal group wins more than 2 lots, except G." in text
    assert "names" not in told(design, market=market)


def test_an_adjustment_for_incumbents_is_pointed_at(design: LotDesign) -> None:
    """It prefers those who serve the lots now."""
    assert "treats incumbents otherwise" in told(design, award_goals=(TotalPrice(), IncumbentAdjustment(share=0.02)))
    assert "treats incumbents otherwise" not in told(design, award_goals=(TotalPrice(), ChangeOfSupplier()))


def test_rules_about_tenders_of_this_run_are_left_out(design: LotDesign) -> None:
    """Withdrawn bids are no condition that is declared before; that they are missing is told."""
    text = told(design, award_rules=(*LIMITED, a.Withdrawn(bids=("b1",))))
    assert "b1" not in text
    assert "[Left out, because they are about tenders of this run: withdrawn.]" in text


def test_every_kind_of_rule_has_its_place() -> None:
    """A new rule is put under a heading by whoever writes it."""
    placed = (*m.ONE_SUPPLIER, *m.ONE_TENDER, *m.ALL_AWARDS, *m.OF_A_RUN)
    assert sorted(placed) == sorted(rule.model_fields["kind"].default for rule in AWARD_RULES)


def test_every_aim_reads_within_a_sentence() -> None:
    """Each begins with a verb, so that it stands after `this aim:`."""
    for goal in AWARD_GOALS:
        fields = {name: ("x",) for name, info in goal.model_fields.items() if info.is_required()}
        assert re.match(r"(Keep|Prefer|Count|Draw) ", goal(**fields).explain()), goal


def test_the_most_lots_of_one_supplier_is_one_number_only_where_it_holds_for_all() -> None:
    """Not where somebody is let off, or where it is about some lots."""
    assert m.Method((a.AwardLimit(at_most=3), a.AwardLimit(at_most=2, name="b")), ()).award_limit == 2
    for fields in ({"excepted": ("G",)}, {"lots": ("A",)}, {"classes": ("small",)}, {"roles": ("prime",)}):
        assert m.Method((a.AwardLimit(at_most=2, **fields),), ()).award_limit is None


def test_indicative_values_are_told(design: LotDesign) -> None:
    """10.10 for each of three lots."""
    terms = {Item(lot): ItemTerms(value=Decimal("10.10")) for lot in design.lots}
    text = told(design, market=Market(design.facts(), (), (), terms=terms))
    assert "Indicative value of all lots: £30.30 a year." in text
    assert text.count("Indicative value: £10.10 a year") == 3


def test_simulated_values_are_not(design: LotDesign) -> None:
    """They are nobody's estimate."""
    terms = {Item(lot): ItemTerms(value=Decimal("10.10")) for lot in design.lots}
    text = told(design, market=Market(design.facts(), (), (), terms=terms, simulated=True))
    assert "10.10" not in text
    assert "The market of this run is simulated" in text


def test_lots_that_are_not_open_say_why(design: LotDesign) -> None:
    """A cancelled lot, and one that is awarded without competition, with the reason that the market gives."""
    terms = {
        Item("A"): ItemTerms(status="cancelled", reason="no funds"),
        Item("B"): ItemTerms(status="direct", reason="one supplier only"),
    }
    found = lines(told(design, market=Market(design.facts(), (), (), terms=terms)))
    assert "No award is to be made: no funds" in found
    assert "To be awarded without competition: one supplier only" in found


def test_lots_of_a_market_without_a_map() -> None:
    """What it knows of them, and a question for how they were drawn."""
    lots = (LotFacts("L1", "North", volumes={"cases": 30.0}), LotFacts("L2", "South", volumes={"cases": 10.0}))
    market = Market(lots, (), (), services=("housing", "debt"))
    found = lines(notice_text(None, market=market, award_rules=LIMITED, award_goals=(TotalPrice(),)))
    at = found.index("Lot 1 (L1): North")
    assert found[at + 1 : at + 3] == ["cases: 30, 75.0 % of all lots", "Services: housing; debt"]
    assert "[How the lots were drawn]" in found


def test_without_rules_of_award_a_person_is_asked(design: LotDesign) -> None:
    """A scenario of lots alone says nothing of awards, and nothing is made up."""
    text = told(design, award_rules=None, award_goals=())
    assert "[The scenario has no rules of award." in text
    assert "mixed-integer" not in text


def test_one_lot_asks_why_the_contract_is_not_divided(plan: Callable[..., Any]) -> None:
    """s.18 asks for reasons then."""
    drawn = plan("AA")
    text = told(LotDesign(drawn.territory, drawn.lots, drawn.of), rules=(), goals=())
    assert "The contract is not divided into lots." in text
    assert "[Why the supply cannot reasonably be split" in text


def test_why_these_lots_are_facts_of_the_run(design: LotDesign) -> None:
    """Conditions and aims as they were asked, what is proven, and every other boundary."""
    found = lines(told(design))
    for sentence in (RULES[0].explain(), RULES[1].explain(), GOALS[0].explain()):
        assert f"- {sentence}" in found
    assert "cases in a lot: from 3 to 3." in found
    assert any(line.startswith("- police: ") for line in found)


def test_lots_decided_with_awards(design: LotDesign) -> None:
    """Nobody has tendered for these lots: prices came from schedules for any lot."""
    together = decided_together()
    text = notice_text(
        *(together.design, together.awards),
        together=together,
        award_rules=(a.AwardLimit(at_most=2),),
        award_goals=(TotalPrice(),),
    )
    assert "[This run decided lots and awards together" in text
    assert "Optimal: no other plan" in text


def test_a_name_stays_on_its_line(design: LotDesign) -> None:
    """Line breaks and marks that turn text round could make a name look like a sentence of the buyer."""
    names = ("A\nThe contract is cancelled.", "B\u202eC\r", *design.territory.names[2:])
    text = told(replace(design, territory=replace(design.territory, names=names)))
    assert "The contract is cancelled." not in lines(text)
    assert "Area (3): A The contract is cancelled.; B C ; r2c1" in lines(text)


def test_every_bracket_is_closed(design: LotDesign) -> None:
    """What has to be filled in can be found."""
    for line in lines(told(design)):
        assert line.count("[") == line.count("]")


def test_a_lot_of_very_many_areas_names_some(plan: Callable[..., Any]) -> None:
    """61 areas: 60 are named, and where the last one is."""
    drawn = plan("A" * 61)
    text = told(LotDesign(drawn.territory, drawn.lots, drawn.of))
    assert "Area (61): r01c01;" in text
    assert "; and 1 more, in lots.csv" in text


def test_the_same_run_gives_the_same_text(design: LotDesign, tmp_path: Path) -> None:
    """Nothing of the day or of the machine."""
    slower: Result[LotDesign] = replace(solved(design), seconds=99.0)
    first = write_notice(tmp_path / "a.txt", solved(design), rules=RULES).read_bytes()
    assert write_notice(tmp_path / "b.txt", slower, rules=RULES).read_bytes() == first
    assert b"\r" not in first


def test_bids_of_the_market_decide_nothing_of_the_lots(design: LotDesign) -> None:
    """Lots of a design are told as drawn, whatever the market knows of them."""
    bids = (Bid.on("A", id="b", provider="p", price=1),)
    market = Market((LotFacts("A", "other name"), *design.facts()[1:]), (Provider(id="p"),), bids)
    assert [lot.name for lot in lots_of(design, market, "cases", ())] == ["A", "B", "C"]
