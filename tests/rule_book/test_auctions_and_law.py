"""Combinatorial auctions and the law of lots: CL-1, CL-2, CL-4, CL-5, LB-1, LB-2, LAW-1 to LAW-3."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from markets import market

import lotopt as lo
from lotopt.allocation import rules as r
from lotopt.allocation.explain.mechanism import order_of_preference
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.solve import allocate_bids
from lotopt.study.examples import example
from lotopt.study.write import scenario_hash
from tests.rule_book.book import EVERY, broken, described, said, termed, won


def test_cl_1_packages_are_chosen_at_the_exact_optimum() -> None:
    """Three packages of two lots each overlap in a ring: the best takes one of them and the lot that is left.

    12 + 5 = 17 (AB, C), 11 + 7 = 18 (BC, A), 13 + 6 = 19 (CA, B), 7 + 6 + 5 = 18 alone.
    """
    of = market("P A+B 12", "Q B+C 11", "R C+A 13", "S A 7", "S B 6", "S C 5")
    result = allocate_bids(of, [EVERY], [TotalPrice()])
    assert result.objective == result.bound == 17
    assert won(of, EVERY) == {"P-A+B", "S-C"}


def test_cl_2_a_share_limit_and_what_it_costs() -> None:
    """A would win all three lots at 30; with at most half of the lots' value it keeps one, at 10 + 12 + 13 = 35."""
    of = market("A L1 10", "A L2 10", "A L3 10", "B L1 13", "B L2 12", "C L3 13")
    of = said(of, **{lot: {"value": 10} for lot in ("L1", "L2", "L3")})
    free = allocate_bids(of, [EVERY], [TotalPrice()]).objective
    held = allocate_bids(of, [EVERY, r.ValueShare(at_most=0.5, of="value")], [TotalPrice()]).objective
    assert (free, held) == (30, 35)


def test_cl_4_firms_are_bounded_by_their_class() -> None:
    """Small firms may win one lot and 15 GBP a year, large ones any number: A is small and cheapest everywhere."""
    of = market("A L1 9", "A L2 9", "B L1 11", "B L2 12", kinds={"A": "small", "B": "large"})
    assert won(of, EVERY) == {"A-L1", "A-L2"}
    assert won(of, EVERY, r.AwardLimit(at_most=1, classes=("small",))) == {"B-L1", "A-L2"}
    assert won(of, EVERY, r.ValueCap(at_most=Decimal(15), classes=("small",))) == {"B-L1", "A-L2"}


def test_cl_5_at_least_so_many_firms_in_every_region() -> None:
    """A is cheapest in both lots of the North: with two firms in every region the cheaper change is made, in N2."""
    of = market("A N1 1", "A N2 1", "B N1 9", "B N2 5", "C S1 1", "D S2 1")
    of = said(of, **{lot: {"region": "North" if lot[0] == "N" else "South"} for lot in ("N1", "N2", "S1", "S2")})
    assert won(of, EVERY, r.FewestProviders(at_least=2, per="region")) == {"A-N1", "B-N2", "C-S1", "D-S2"}


def test_lb_1_stand_alone_bids_stay_valid_beside_a_combination() -> None:
    """The combination at 18 is less than 10 + 9; where B offers L2 at 7, A's stand-alone bid wins L1 beside it."""
    of = market("A L1 10", "A L2 9", "A L1+L2 18")
    assert won(of, EVERY) == {"A-L1+L2"}
    of = market("A L1 10", "A L2 9", "A L1+L2 18", "B L2 7")
    assert won(of, EVERY) == {"A-L1", "B-L2"}


def test_lb_2_a_final_offer_stands_beside_the_first_bid() -> None:
    """Route 100: the first bid of 4.01 m and the price of 3.65 m after negotiation are alternatives; one is paid."""
    of = market("A R100 4010000 id=first", "A R100 3650000 id=final", "B R100 4160000", "A R2 1")
    for bid in ("first", "final"):
        of = termed(of, bid, alternative="route 100")
    result = allocate_bids(of, [EVERY], [TotalPrice()])
    assert result.plan is not None
    assert {award.bid: award.price for award in result.plan} == {"final": Decimal(3650000), "A-R2": Decimal(1)}
    assert of.bid["first"].price == 4010000


def test_law_1_two_mechanisms_for_a_lot_limit() -> None:
    """A is cheapest in both lots and may win one: best together is A in L1 and B in L2, 10 + 12.

    A prefers L2, which leaves L1 to B at 20: 30 in all. What the two mechanisms differ by is told: 8.
    """
    of = market("A L1 10", "A L2 10", "B L1 20", "B L2 12")
    of = termed(termed(of, "A-L1", preference=2), "A-L2", preference=1)
    rules = [EVERY, r.AwardLimit(at_most=1)]
    assert won(of, *rules) == {"A-L1", "B-L2"}
    told = order_of_preference(of, rules, [TotalPrice()])
    assert {award.bid for award in told.allocation} == {"A-L2", "B-L1"}
    assert [difference.amount for difference in told.differences] == [8]


def test_law_2_caps_and_tie_rules_are_inputs_with_a_hash(tmp_path: Path) -> None:
    """Another cap or another seed of the draw is another hash, another place of the same file is not."""
    text = example("new/scenario.toml").read_text(encoding="utf-8")
    drawn = text + '\n[allocation.ties]\ndraw = { kind = "drawn_lot", seed = 1 }\n'
    versions = [drawn, drawn.replace("seed = 1 }\n", "seed = 2 }\n"), drawn.replace("at_most = 2 }", "at_most = 3 }")]
    hashes = []
    for number, version in enumerate([*versions, drawn]):
        file = tmp_path / f"{number}.toml"
        file.write_text(version, encoding="utf-8")
        hashes.append(scenario_hash(lo.read_scenario(file)))
    assert len(set(hashes)) == 3
    assert hashes[0] == hashes[3]


def test_law_3_packages_only_on_declared_groups() -> None:
    """L1 and L2 may be combined, L2 and L3 may not: the cheaper package is refused."""
    of = market("A L1+L2 9", "B L2+L3 5", "C L1 5", "C L2 5", "C L3 5")
    assert won(of, EVERY) == {"B-L2+L3", "C-L1"}
    declared = r.Packages(only_on=(("L1", "L2"),))
    assert won(of, EVERY, declared) == {"A-L1+L2", "C-L3"}
    assert broken(of, ["B-L2+L3", "C-L1"], declared) == [
        "bid B-L2+L3 (L2; L3): 1 lots or services too many together, more than 0"
    ]


def test_law_3_a_package_that_is_too_small_to_live_on_is_no_help() -> None:
    """A group may be declared and the bidder still be held to what it can live on."""
    of = described(market("A L1+L2 9", "C L1 5", "C L2 5"), A={"viable": Decimal(20)})
    assert won(of, EVERY, r.Packages(only_on=(("L1", "L2"),)), r.MinimumBusiness()) == {"C-L1", "C-L2"}
