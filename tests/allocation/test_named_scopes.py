"""Rules on some lots, services, regions, roles or classes only, each on a market small enough to work out by hand."""

from __future__ import annotations

from decimal import Decimal

from markets import market
from outcomes import EVERY, FEWER, broken, conflict, won

from lotopt.allocation import rules as r
from lotopt.allocation.goals import Shortfall, TotalPrice

BOTH = ("work", "help")
MOST_AWARDS = (Shortfall(), TotalPrice(weight=0.0001))


def test_a_budget_for_one_service() -> None:
    """Apart, work costs 10 and help 30. B asks 60 for both, a sixth of it for help: 10, which 20 is enough for."""
    terms = {"L1/work": {"value": Decimal(50)}, "L1/help": {"value": Decimal(10)}}
    of = market("A L1/work 10", "A L1/help 30", "B L1 60", services=BOTH, terms=terms)
    assert won(of, EVERY, r.Budget(at_most=Decimal(30), services=("help",))) == {"A-L1/work", "A-L1/help"}
    assert won(of, EVERY, r.Budget(at_most=Decimal(20), services=("help",))) == {"B-L1"}
    told = conflict(of, EVERY, r.Budget(at_most=Decimal("9.99"), services=("help",)))
    assert told[-1] == "budget: All awards together cost at most 9.99 GBP a year in help."


def test_a_package_over_services_counts_by_its_part() -> None:
    """Work is worth 30 and help 10, so that a quarter of the package at 40 is for help: 10.00."""
    terms = {"L1/work": {"value": Decimal(30)}, "L1/help": {"value": Decimal(10)}}
    of = market("A L1 40", services=BOTH, terms=terms)
    assert won(of, EVERY, r.Budget(at_most=Decimal(10), services=("help",))) == {"A-L1"}
    assert broken(of, ["A-L1"], r.Budget(at_most=Decimal("9.99"), services=("help",))) == [
        "all awards in help: 10.00 GBP a year, more than 9.99"
    ]
    assert broken(of, ["A-L1"], r.ValueCap(at_most=Decimal("29.99"), services=("work",))) == [
        "A: 30.00 GBP a year, more than 29.99"
    ]


def test_a_package_without_values_counts_in_equal_parts() -> None:
    """A third of 10 is more than 3.33: no penny is lost in between."""
    of = market("A L1+L2+L3 10")
    assert won(of, FEWER, r.Budget(at_most=Decimal("3.34"), lots=("L1",)), goals=MOST_AWARDS) == {"A-L1+L2+L3"}
    assert won(of, FEWER, r.Budget(at_most=Decimal("3.33"), lots=("L1",)), goals=MOST_AWARDS) == set()


def test_an_award_limit_on_named_lots() -> None:
    """Of L1, L2 and L3 nobody wins more than one; L4 beside them is free."""
    of = market("A L1 1", "A L2 1", "A L3 1", "A L4 1", "B L1 9", "B L2 5", "C L3 3")
    limit = r.AwardLimit(at_most=1, lots=("L1", "L2", "L3"))
    assert won(of, EVERY, limit) == {"A-L1", "B-L2", "C-L3", "A-L4"}
    assert broken(of, ["A-L1", "A-L2", "A-L4"], limit) == ["A: 2 lots, more than 1"]


def test_an_award_limit_on_one_service() -> None:
    """Work in one lot each, help wherever it is cheapest."""
    lines = ("A L1/work 1", "A L1/help 1", "A L2/work 1", "A L2/help 1", "B L2/work 3")
    of = market(*lines, services=BOTH)
    wanted = {"A-L1/work", "A-L1/help", "B-L2/work", "A-L2/help"}
    assert won(of, EVERY, r.AwardLimit(at_most=1, services=("work",))) == wanted


def test_a_limit_for_some_providers_only() -> None:
    """The limit is for private providers, or for A by name: V, who is voluntary, may win both."""
    of = market("A L1 1", "A L2 1", "V L1 5", "V L2 3", kinds={"A": "private", "V": "voluntary"})
    assert won(of, EVERY, r.AwardLimit(at_most=0, classes=("private",))) == {"V-L1", "V-L2"}
    assert won(of, EVERY, r.AwardLimit(at_most=1, only=("A",))) == {"A-L1", "V-L2"}
    assert won(of, EVERY, r.AwardLimit(at_most=0, classes=("voluntary",))) == {"A-L1", "A-L2"}


REGIONS = {"L1": {"region": "north"}, "L2": {"region": "north"}, "L3": {"region": "south"}}


def test_at_least_two_providers_in_every_region() -> None:
    """North has two lots, so B takes the one where it asks least more; south with one lot could never have two."""
    north = {lot: REGIONS[lot] for lot in ("L1", "L2")}
    of = market("A L1 10", "A L2 10", "B L1 15", "B L2 12", terms=north)
    assert won(of, EVERY, r.FewestProviders(at_least=2, per="region")) == {"A-L1", "B-L2"}
    assert broken(of, ["A-L1", "A-L2"], r.FewestProviders(at_least=2, per="region")) == [
        "north: 1 providers, less than 2"
    ]
    both = market("A L1 10", "A L2 10", "B L2 12", "A L3 1", "B L3 2", terms=REGIONS)
    told = conflict(both, EVERY, r.FewestProviders(at_least=2, per="region"))
    assert {line.split(":")[0] for line in told} == {"every_item_awarded", "fewest_providers"}


def test_at_most_one_provider_in_every_region() -> None:
    """North goes to B for 11 + 10 as a whole, south to A; in all there are two."""
    of = market("A L1 10", "A L2 15", "B L1 11", "B L2 10", "A L3 1", "B L3 2", terms=REGIONS)
    assert won(of, EVERY) == {"A-L1", "B-L2", "A-L3"}
    assert won(of, EVERY, r.MostProviders(at_most=1, per="region")) == {"B-L1", "B-L2", "A-L3"}
    assert broken(of, ["A-L1", "B-L2", "A-L3"], r.MostProviders(at_most=1, per="region")) == [
        "north: 2 providers, more than 1"
    ]


def test_providers_are_counted_in_each_lot_or_service() -> None:
    """Help and work of a lot from one hand; or one hand for each service."""
    lines = ("A L1/work 1", "B L1/help 1", "A L1/help 3", "B L2/work 1", "B L2/help 1", "A L2/work 4")
    of = market(*lines, services=BOTH)
    by_lot = {"A-L1/work", "A-L1/help", "B-L2/work", "B-L2/help"}
    assert won(of, EVERY, r.MostProviders(at_most=1, per="lot")) == by_lot
    by_service = {"A-L1/work", "B-L1/help", "A-L2/work", "B-L2/help"}
    assert won(of, EVERY, r.MostProviders(at_most=1, per="service")) == by_service


def test_prime_in_one_bid_and_subcontractor_in_another_of_the_same_lot() -> None:
    """F wins half of L1 and is subcontractor in A's half of it: two roles, where F gives way to B at 15."""
    of = market("F L1 10 covers=0.5", "A L1 9 subcontractor=F covers=0.5", "B L1 15 covers=0.5")
    apart = r.Incompatible(roles=("prime", "subcontractor"))
    assert won(of, r.Coverage()) == {"F-L1", "A-L1"}
    assert won(of, r.Coverage(), apart) == {"A-L1", "B-L1"}
    # in two lots that is allowed, unless anywhere says no
    other = market("F L1 10", "A L2 10 subcontractor=F", "B L2 15")
    assert won(other, EVERY, apart) == {"F-L1", "A-L2"}
    anywhere = r.Incompatible(roles=("prime", "subcontractor"), anywhere=True)
    assert won(other, EVERY, anywhere) == {"F-L1", "B-L2"}
    assert broken(other, ["F-L1", "A-L2"], anywhere) == ["F: 2 of prime, subcontractor, more than 1"]


def test_a_class_wins_its_share_of_the_lots() -> None:
    """V at twice the price: a third of three lots is one, and it is the one that costs least more."""
    of = market("A L1 10", "A L2 10", "A L3 10", "V L1 20", "V L2 18", "V L3 30", kinds={"V": "voluntary"})
    third = r.ClassShare(classes=("voluntary",), at_least=0.3333, of="lots")
    assert won(of, EVERY, third) == {"A-L1", "V-L2", "A-L3"}
    assert won(of, EVERY, r.ClassShare(classes=("voluntary",), at_least=0.3334, of="lots")) == {
        "V-L1",
        "V-L2",
        "A-L3",
    }
    assert broken(of, ["A-L1", "A-L2"], third) == ["voluntary: 0 of the lots awarded, less than 0.3333"]


def test_a_share_of_the_indicative_value_of_all_lots() -> None:
    """Lots are worth 100, 100 and 200: a quarter of 400 is one small lot, awarded or not."""
    terms = {"L1": {"value": Decimal(100)}, "L2": {"value": Decimal(100)}, "L3": {"value": Decimal(200)}}
    of = market("A L1 1", "A L2 1", "B L2 5", "B L3 9", "A L3 1", terms=terms)
    quarter = r.ValueShare(at_most=0.25, of="value")
    assert won(of, FEWER, quarter, goals=MOST_AWARDS) == {"A-L1", "B-L2"}
    assert won(of, EVERY, r.ValueShare(at_most=0.5, of="value")) == {"A-L1", "A-L2", "B-L3"}
    assert broken(of, ["A-L1", "A-L2"], quarter) == ["A: 0.5 of the indicative value, more than 0.25"]


def test_a_share_of_the_work_is_that_share_of_the_value() -> None:
    """60 % of L1 is 30 % of what both lots are worth; whoever is held in reserve has none of it."""
    terms = {"L1": {"value": Decimal(100)}, "L2": {"value": Decimal(100)}}
    of = market("A L1 1", "B L1 2", "B L2 1", "A L2 2", terms=terms)
    shared = r.EveryItemAwarded(shares=(0.6, 0.4))
    assert won(of, shared, r.ValueShare(at_most=0.5, of="value")) == {"A-L1", "B-L1", "B-L2", "A-L2"}
    shares = {"A-L1": Decimal("0.6"), "A-L2": Decimal("0.6")}
    assert broken(of, shares, r.ValueShare(at_most=0.5, of="value")) == [
        "A: 0.6 of the indicative value, more than 0.5"
    ]
    reserve = {"A-L1": Decimal(1), "A-L2": Decimal(0)}
    assert broken(of, reserve, r.ValueShare(at_most=0.5, of="value")) == []


def test_need_is_met_once_where_lots_overlap() -> None:
    """Area x lies in both lots. L2 at 12 covers x and y once; L1 at 5 beside it would buy x twice."""
    of = market("A L1 5", "A L2 12", "A L2 4 id=half covers=0.5", areas={"L1": ["x"], "L2": ["x", "y"]})
    assert won(of, r.Coverage(at_least=0.5, at_most=1.0)) == {"half"}
    assert won(of, r.Coverage(at_least=1.0, at_most=1.0)) == {"A-L2"}
    assert broken(of, ["A-L1", "A-L2"], r.Coverage(at_most=1.0)) == ["L1; L2: 2.0 of the need, more than 1.0"]


def test_lots_that_go_together_or_not_at_all() -> None:
    """A is cheapest for L1 and B for L2; together A asks 10 + 30 and B 25 + 10. L3 is free."""
    of = market("A L1 10", "A L2 30", "B L1 25", "B L2 10", "A L3 1")
    tie = r.Together(lots=("L1", "L2"))
    assert won(of, EVERY) == {"A-L1", "B-L2", "A-L3"}
    assert won(of, EVERY, tie) == {"B-L1", "B-L2", "A-L3"}
    assert broken(of, ["A-L1", "B-L2"], tie) == [
        "A: 1 of L1, L2 not won, more than 0",
        "B: 1 of L1, L2 not won, more than 0",
    ]
    # nobody bids for both: none of them is won
    apart = market("A L1 10", "B L2 10", "A L3 1")
    assert won(apart, FEWER, tie, goals=MOST_AWARDS) == {"A-L3"}


def test_a_package_keeps_lots_together_and_so_do_firms_of_one_group() -> None:
    """Both lots in one bid; or one each for the two firms of a group."""
    of = market("A L1+L2 50", "B L1 10", "C L2 10")
    tie = r.Together(lots=("L1", "L2"))
    assert won(of, EVERY, tie) == {"A-L1+L2"}
    sisters = market("A L1+L2 50", "B L1 10", "C L2 10", groups={"B": "firm", "C": "firm"})
    assert won(sisters, EVERY, tie) == {"B-L1", "C-L2"}


def test_services_of_a_lot_that_go_together() -> None:
    """In each lot whoever works helps: A in L1 at 10 + 9, B in L2 at 8 + 8."""
    lines = ("A L1/work 10", "A L1/help 9", "B L1/help 1", "B L2/work 8", "B L2/help 8", "A L2/help 1")
    of = market(*lines, services=BOTH)
    assert won(of, EVERY, r.Together(services=BOTH)) == {"A-L1/work", "A-L1/help", "B-L2/work", "B-L2/help"}


def test_a_lot_that_is_cancelled_ties_nobody() -> None:
    """L2 is cancelled, and L1 goes to the cheapest."""
    terms = {"L2": {"status": "cancelled", "reason": "no funds"}}
    of = market("A L1 10", "B L1 25", "B L2 10", terms=terms)
    assert won(of, EVERY, r.Together(lots=("L1", "L2"))) == {"A-L1"}
