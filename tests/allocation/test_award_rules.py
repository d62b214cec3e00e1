"""Each rule by itself on a market small enough to work out by hand."""

from __future__ import annotations

from decimal import Decimal

from markets import market
from outcomes import EVERY, broken, won

from lotopt.allocation import rules as r
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.solve import allocate_bids


def test_the_cheapest_bid_wins_each_lot() -> None:
    """Two lots, two providers: 10 + 20 is less than any other choice, and less than the package at 31."""
    of = market("A L1 10", "A L2 25", "B L1 12", "B L2 20", "A L1+L2 31")
    assert won(of, EVERY) == {"A-L1", "B-L2"}


def test_a_package_wins_when_it_is_cheaper_than_its_lots() -> None:
    """The package at 29 is less than 10 + 20."""
    of = market("A L1 10", "B L2 20", "A L1+L2 29")
    assert won(of, EVERY) == {"A-L1+L2"}


def test_nothing_is_bought_that_no_rule_asks_for() -> None:
    """Without a rule the cheapest allocation is empty, and the result says so."""
    result = allocate_bids(market("A L1 10"), [], [TotalPrice()])
    assert result.plan is not None
    assert len(result.plan) == 0
    assert result.objective == 0
    assert "nothing is awarded" in result.limits[0]


def test_two_winners_come_from_different_groups() -> None:
    """A and B are one firm: of 10 (A), 11 (B) and 20 (C) the two winners are 10 + 20."""
    of = market("A L1 10", "B L1 11", "C L1 20", groups={"A": "firm", "B": "firm"})
    two = r.EveryItemAwarded(winners=2)
    assert won(of, two) == {"A-L1", "C-L1"}
    assert broken(of, ["A-L1", "B-L1"], two) == ["L1, bids of a group beyond its first: 1 winning bids, more than 0"]


def test_a_lot_that_is_let_off_may_stay_without_winner() -> None:
    """L2 is let off, so only L1 is bought."""
    of = market("A L1 10", "A L2 10")
    assert won(of, r.EveryItemAwarded(excepted=("L2",))) == {"A-L1"}


def test_every_service_of_a_lot_is_awarded() -> None:
    """Two services in one lot: 5 + 6 for each by itself is less than 12 for both."""
    of = market("A L1/work 5", "B L1/help 6", "A L1 12", services=("work", "help"))
    assert won(of, EVERY) == {"A-L1/work", "B-L1/help"}
    assert broken(of, ["A-L1/work"], EVERY) == ["L1, help: 0 winning bids, less than 1"]


def test_half_bids_add_up_to_the_whole_need() -> None:
    """Two halves at 5 + 6 cover the need for less than one bid at 12."""
    of = market("A L1 5 covers=0.5", "B L1 6 covers=0.5", "C L1 12")
    assert won(of, r.Coverage()) == {"A-L1", "B-L1"}
    assert won(of, r.Coverage(at_least=0.5)) == {"A-L1"}
    assert broken(of, ["A-L1"], r.Coverage()) == ["L1: 0.5 of the need, less than 1.0"]


def test_thirds_are_compared_as_they_are_written() -> None:
    """0.1 + 0.2 + 0.7 is the whole need, although floating point has it a little below or above."""
    of = market("A L1 1 covers=0.1", "B L1 1 covers=0.2", "C L1 1 covers=0.7", "D L1 9")
    assert won(of, r.Coverage()) == {"A-L1", "B-L1", "C-L1"}


def test_an_area_in_two_lots_is_covered_through_either() -> None:
    """Area x lies in both lots and area y in L2 alone: buying L2 covers both for 12, L1 could not."""
    of = market("A L1 5", "A L2 12", areas={"L1": ["x"], "L2": ["x", "y"]})
    assert won(of, r.Coverage()) == {"A-L2"}


def test_no_group_wins_more_lots_than_the_limit() -> None:
    """A would win all three at 30; with at most two, the cheapest to give up is L3 (10 to 12, against 15 and 20)."""
    of = market("A L1 10", "A L2 10", "A L3 10", "B L1 20", "B L2 15", "B L3 12")
    assert won(of, EVERY, r.AwardLimit(at_most=2)) == {"A-L1", "A-L2", "B-L3"}
    assert won(of, EVERY, r.AwardLimit(at_most=2, excepted=("A",))) == {"A-L1", "A-L2", "A-L3"}
    assert broken(of, ["A-L1", "A-L2"], r.AwardLimit(at_most=1)) == ["A: 2 lots, more than 1"]


def test_limits_count_the_legal_group() -> None:
    """A and B are one firm, so that with at most one lot each the second goes to C at 50."""
    of = market("A L1 10", "B L2 10", "C L2 50", "C L1 60", groups={"A": "firm", "B": "firm"})
    assert won(of, EVERY, r.AwardLimit(at_most=1)) == {"A-L1", "C-L2"}
    assert broken(of, ["A-L1", "B-L2"], r.AwardLimit(at_most=1)) == ["firm: 2 lots, more than 1"]


def test_a_package_counts_each_of_its_lots() -> None:
    """With at most one lot the package for two cannot win."""
    of = market("A L1+L2 10", "B L1 20", "C L2 20")
    assert won(of, EVERY, r.AwardLimit(at_most=1)) == {"B-L1", "C-L2"}


def test_a_share_right_at_the_limit_is_kept() -> None:
    """A's 30 is exactly 60 % of 50; a penny more is too much and the dearer bid at 30 wins."""
    at_limit = market("A L1 30", "B L2 20", "B L1 30")
    assert won(at_limit, EVERY, r.ValueShare(at_most=0.6, excepted=("B",))) == {"A-L1", "B-L2"}
    above = market("A L1 30.01", "B L2 20", "B L1 40")
    assert won(above, EVERY, r.ValueShare(at_most=0.6, excepted=("B",))) == {"B-L1", "B-L2"}
    assert broken(above, ["A-L1", "B-L2"], r.ValueShare(at_most=0.6))[0].startswith("A: 0.60007998")


def test_no_group_wins_more_than_the_cap() -> None:
    """A's 30 and B's 20 are 50 for their firm: at a cap of 49.99 the cheapest way out is C for L2 at 26."""
    of = market("A L1 30", "B L2 20", "C L1 41", "C L2 26", groups={"A": "firm", "B": "firm"})
    assert won(of, EVERY, r.ValueCap(at_most=Decimal(50))) == {"A-L1", "B-L2"}
    assert won(of, EVERY, r.ValueCap(at_most=Decimal("49.99"))) == {"A-L1", "C-L2"}
    assert won(of, EVERY, r.ValueCap(at_most=Decimal(26), excepted=("A",))) == {"A-L1", "B-L2"}
    told = broken(of, ["A-L1", "B-L2"], r.ValueCap(at_most=Decimal("49.99")))
    assert told == ["firm: 50.00 GBP a year, more than 49.99"]


def test_a_cap_with_fractions_of_a_penny_is_as_exact_as_prices() -> None:
    """A price of 20.01 is more than 20.009, one of 20.00 is not."""
    of = market("A L1 20.01", "B L1 20.00")
    assert won(of, EVERY, r.ValueCap(at_most=Decimal("20.009"))) == {"B-L1"}
    assert won(of, EVERY, r.Budget(at_most=Decimal("20.009"))) == {"B-L1"}


def test_a_class_wins_its_share() -> None:
    """V alone is voluntary. Nothing is asked: A for both at 20. At least half: V takes L2 at 12, 12 of 22."""
    of = market("A L1 10", "A L2 10", "V L2 12", "V L1 30", kinds={"V": "voluntary", "A": "private"})
    assert won(of, EVERY, r.ClassShare(classes=("voluntary",), at_most=0.5)) == {"A-L1", "A-L2"}
    assert won(of, EVERY, r.ClassShare(classes=("voluntary",), at_least=0.5)) == {"A-L1", "V-L2"}
    assert won(of, EVERY, r.ClassShare(classes=("voluntary",), at_least=0.55)) == {"V-L1", "A-L2"}
    assert won(of, EVERY, r.ClassShare(classes=("voluntary", "private"), at_least=1.0)) == {"A-L1", "A-L2"}
    told = broken(of, ["V-L1", "V-L2"], r.ClassShare(classes=("voluntary",), at_most=0.5))
    assert told == ["voluntary: 1 of the total price, more than 0.5"]


def test_a_share_right_at_either_end_is_kept() -> None:
    """12 of 24 is half: neither less nor more."""
    of = market("A L1 12", "V L2 12", kinds={"V": "voluntary", "A": "private"})
    half = r.ClassShare(classes=("voluntary",), at_least=0.5, at_most=0.5)
    assert won(of, EVERY, half) == {"A-L1", "V-L2"}


def test_where_nothing_is_awarded_there_is_nothing_to_share() -> None:
    """No rule asks for an award, so none is made, and no class misses its share."""
    of = market("A L1 12", kinds={"A": "private"})
    assert won(of, r.ClassShare(classes=("private",), at_least=0.5)) == set()


def test_all_awards_keep_the_budget() -> None:
    """Both lots cost 50 at least: 50.00 is enough, 49.99 is not and nothing else is to be had."""
    of = market("A L1 30", "B L2 20", "B L1 31")
    assert won(of, EVERY, r.Budget(at_most=Decimal(50))) == {"A-L1", "B-L2"}
    result = allocate_bids(of, [EVERY, r.Budget(at_most=Decimal("49.99"))], [TotalPrice()])
    assert result.plan is None
    assert "budget: All awards together cost at most 49.99 GBP a year." in result.conflict


def test_a_provider_takes_on_no_more_than_its_capacity() -> None:
    """A can carry 5 cases and L1 and L2 have 3 each: it keeps the one where B asks more."""
    cases, capacity = {"L1": 3.0, "L2": 3.0}, {"A": {"cases": 5, "lots": 2}}
    of = market("A L1 10", "A L2 10", "B L1 20", "B L2 15", cases=cases, capacity=capacity)
    assert won(of, EVERY, r.Capacity(measure="cases")) == {"A-L1", "B-L2"}
    assert won(of, EVERY, r.Capacity(measure="lots")) == {"A-L1", "A-L2"}
    assert won(of, EVERY, r.Capacity(measure="lots", share=0.5)) == {"A-L1", "B-L2"}
    assert broken(of, ["A-L1", "A-L2"], r.Capacity(measure="cases")) == ["A: 6 cases, more than 5"]


def test_capacity_is_let_off_by_provider_or_by_group() -> None:
    """Naming the group lets off both its providers, naming one provider lets off that one alone."""
    of = market("A L1 1", "B L2 1", groups={"A": "firm", "B": "firm"}, capacity={"A": {"lots": 0}, "B": {"lots": 0}})
    assert won(of, EVERY, r.Capacity(measure="lots", excepted=("firm",))) == {"A-L1", "B-L2"}
    only = r.Capacity(measure="lots", excepted=("A",))
    assert broken(of, ["A-L1", "B-L2"], only) == ["B: 1 lots, more than 0"]


def test_a_bid_may_state_a_volume_of_its_own() -> None:
    """The bid states 2 of the lot's 3 cases and so fits a capacity of 2."""
    of = market("A L1 10 cases=2", "B L1 20", cases={"L1": 3.0}, capacity={"A": {"cases": 2}})
    assert won(of, EVERY, r.Capacity(measure="cases")) == {"A-L1"}


def test_bids_above_the_ceiling_cannot_win() -> None:
    """With 11 for each lot, the package may cost 22: at 22.01 it cannot win, at 22 it can."""
    of = market("A L1+L2 22.01", "B L1+L2 22", "B L1 11", "C L2 12")
    assert won(of, EVERY, r.PriceCeiling(at_most=Decimal(11))) == {"B-L1+L2"}
    ceiling = r.PriceCeiling(at_most=Decimal(11))
    assert broken(of, ["A-L1+L2"], ceiling) == ["bid A-L1+L2 (L1; L2): 22.01 GBP a year, more than 22"]
    assert broken(of, ["C-L2"], r.PriceCeiling(at_most=Decimal(11), excepted=("L2",))) == []


def test_a_ceiling_can_be_per_unit_of_a_measure() -> None:
    """4 cases at 2.50 each make 10.00; 10.01 is too much."""
    of = market("A L1 10.01", "B L1 10", cases={"L1": 4.0})
    ceiling = r.PriceCeiling(at_most=Decimal("2.50"), per="cases")
    assert won(of, EVERY, ceiling) == {"B-L1"}
    assert len(broken(of, ["A-L1"], ceiling)) == 1


def test_there_are_at_least_so_many_providers() -> None:
    """A is cheapest for all; three groups must win, and B for L2 (+1) and C for L3 (+2) cost least."""
    of = market("A L1 10", "A L2 10", "A L3 10", "B L2 11", "B L3 15", "C L3 12", "C L2 20")
    assert won(of, EVERY, r.FewestProviders(at_least=3)) == {"A-L1", "B-L2", "C-L3"}
    assert broken(of, ["A-L1"], r.FewestProviders(at_least=2)) == ["all awards: 1 providers, less than 2"]


def test_providers_of_one_group_count_once() -> None:
    """A and B are one firm, so the second group must be C."""
    of = market("A L1 10", "B L2 10", "C L2 19", groups={"A": "firm", "B": "firm"})
    assert won(of, EVERY, r.FewestProviders(at_least=2)) == {"A-L1", "C-L2"}


def test_there_are_at_most_so_many_providers() -> None:
    """One provider for both: B at 12 + 12 is less than A at 10 + 15."""
    of = market("A L1 10", "A L2 15", "B L1 12", "B L2 12")
    assert won(of, EVERY) == {"A-L1", "B-L2"}
    assert won(of, EVERY, r.MostProviders(at_most=1)) == {"B-L1", "B-L2"}
    assert broken(of, ["A-L1", "B-L2"], r.MostProviders(at_most=1)) == ["all awards: 2 providers, more than 1"]


def test_lots_that_do_not_go_together() -> None:
    """A may not hold L1 and L2, neither by two bids nor by a package; L3 beside them is free."""
    of = market("A L1 10", "A L2 10", "A L3 10", "A L1+L2 15", "B L1 20", "B L2 13")
    apart = r.Incompatible(lots=("L1", "L2"))
    assert won(of, EVERY, apart) == {"A-L1", "A-L3", "B-L2"}
    assert broken(of, ["A-L1", "A-L2"], apart) == ["A: 2 of L1, L2, more than 1"]


def test_services_that_do_not_go_together() -> None:
    """In one lot the buyer of work is not its helper; in different lots it may be, unless `anywhere` says no."""
    lines = ("A L1/work 1", "A L1/help 1", "B L1/help 3", "A L2/help 1", "A L2/work 5", "B L2/work 2", "B L2/help 6")
    of = market(*lines, services=("work", "help"))
    apart = r.Incompatible(services=("work", "help"))
    assert won(of, EVERY, apart) == {"A-L1/work", "B-L1/help", "A-L2/help", "B-L2/work"}
    # anywhere: A takes work in L1 (B has no bid for it), so also 5 for work in L2, and B helps for 3 + 6
    nowhere = r.Incompatible(services=("work", "help"), anywhere=True)
    assert won(of, EVERY, nowhere) == {"A-L1/work", "A-L2/work", "B-L1/help", "B-L2/help"}


def test_providers_that_do_not_go_together() -> None:
    """A and B may not meet in one lot, where two winners are wanted: C takes the second place for 30."""
    of = market("A L1 10", "B L1 11", "C L1 30")
    two = r.EveryItemAwarded(winners=2)
    assert won(of, two, r.Incompatible(providers=("A", "B"))) == {"A-L1", "C-L1"}
    either = market("A L1 10", "B L2 10", "C L2 25")
    assert won(either, EVERY, r.Incompatible(providers=("A", "B"))) == {"A-L1", "B-L2"}
    assert won(either, EVERY, r.Incompatible(providers=("A", "B"), anywhere=True)) == {"A-L1", "C-L2"}
