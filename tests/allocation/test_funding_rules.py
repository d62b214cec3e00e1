"""What a provider can carry and what it can live on, on markets small enough to work out by hand."""

from __future__ import annotations

from decimal import Decimal

from markets import market
from outcomes import EVERY, FEWER, broken, conflict, won

from lotopt.allocation import rules as r
from lotopt.allocation.goals import Shortfall, TotalPrice

WORTH = {"L1": {"value": Decimal(100)}, "L2": {"value": Decimal(200)}}


def funded(*bids: str, **funding: str) -> dict[str, dict[str, Decimal]]:
    return {id: {"funding": Decimal(amount)} for id, amount in funding.items()}


def test_funding_is_at_least_half_the_value_of_any_lot_bid_for() -> None:
    """L2 is worth 200, so a bidder needs 100: A has 99.99 and cannot win, at 100.00 it can."""
    bids, worth = ("A L2 5", "B L2 9"), {"L2": WORTH["L2"]}
    poor = market(*bids, terms=worth, said=funded(A="99.99", B="100"))
    assert won(poor, EVERY, r.TurnoverTest()) == {"B-L2"}
    assert won(market(*bids, terms=worth, said=funded(A="100", B="100")), EVERY, r.TurnoverTest()) == {"A-L2"}
    assert broken(poor, ["A-L2"], r.TurnoverTest(multiple=10)) == [
        "bid A-L2 (L2), funding: 99.99 GBP, less than 100.00"
    ]


def test_the_gate_looks_at_each_lot_and_not_at_the_package() -> None:
    """The larger lot of the package needs 100 of funding, both together would need 150."""
    of = market("A L1+L2 5", terms=WORTH, said=funded(A="100"))
    assert won(of, EVERY, r.TurnoverTest(multiple=3)) == {"A-L1+L2"}


def test_the_gate_adds_up_the_services_of_a_lot() -> None:
    """Work at 100 and help at 60 make a lot of 160, for which 80 is needed."""
    terms = {"L1/work": {"value": Decimal(100)}, "L1/help": {"value": Decimal(60)}}

    def wins(funding: str) -> bool:
        bids = ("A L1 5", "B L1 9")
        of = market(*bids, services=("work", "help"), terms=terms, said=funded(A=funding, B="1000"))
        return won(of, EVERY, r.TurnoverTest()) == {"A-L1"}

    assert wins("80")
    assert not wins("79.99")


def test_what_is_won_is_at_most_twice_the_funding() -> None:
    """L1 and L2 are worth 300: with 150 A may win both, with a penny less only one of them."""
    bids = ("A L1 5", "A L2 5", "B L1 9", "B L2 20")
    rich = market(*bids, terms=WORTH, said=funded(A="150", B="500"))
    assert won(rich, EVERY, r.TurnoverTest()) == {"A-L1", "A-L2"}
    poor = market(*bids, terms=WORTH, said=funded(A="149.99", B="500"))
    assert won(poor, EVERY, r.TurnoverTest()) == {"B-L1", "A-L2"}
    assert broken(poor, ["A-L1", "A-L2"], r.TurnoverTest()) == ["A: 300.00 GBP a year of value, more than 299.98"]
    assert won(poor, EVERY, r.TurnoverTest(excepted=("A",))) == {"A-L1", "A-L2"}


def test_the_test_may_go_by_price() -> None:
    """Twice 60.49 is 120.98, too little for 60 + 61: A keeps the lot that it asks less for, L1.

    By the gate a lot at 61 needs 30.50.
    """
    bids = ("A L1 60", "A L2 61", "B L1 90", "B L2 90")
    of = market(*bids, said=funded(A="60.49", B="500"))
    assert won(of, EVERY, r.TurnoverTest(of="price")) == {"A-L1", "B-L2"}
    assert won(market(*bids, said=funded(A="60.50", B="500")), EVERY, r.TurnoverTest(of="price")) == {"A-L1", "A-L2"}
    gate = market(*bids, said=funded(A="30.49", B="500"))
    assert won(gate, EVERY, r.TurnoverTest(of="price", multiple=100)) == {"A-L1", "B-L2"}


def test_a_share_of_the_work_counts_by_that_share() -> None:
    """60 % of 100 is 60, and twice 30 is 60: A may be first in L1, where all of it would be too much."""
    of = market("A L1 5", "B L1 9", terms=WORTH, cases={"L1": 1.0, "L2": 1.0}, said=funded(A="30", B="500"))
    shared = r.EveryItemAwarded(shares=(0.6, 0.4), excepted=("L2",))
    assert won(of, shared, r.TurnoverTest(gate=0)) == {"A-L1", "B-L1"}
    assert won(of, FEWER, r.TurnoverTest(gate=0), goals=(Shortfall(), TotalPrice(weight=0.001))) == {"B-L1"}


def test_a_group_wins_nothing_or_what_it_can_live_on() -> None:
    """B would win L2 alone at 12. With at least 20 for whoever wins, A keeps both, or B takes both at 11 + 12."""
    of = market("A L1 10", "A L2 15", "B L1 11", "B L2 12")
    assert won(of, EVERY) == {"A-L1", "B-L2"}
    assert won(of, EVERY, r.MinimumBusiness(at_least=Decimal(20))) == {"B-L1", "B-L2"}
    assert won(of, EVERY, r.MinimumBusiness(at_least=Decimal(23))) == {"B-L1", "B-L2"}
    assert won(of, EVERY, r.MinimumBusiness(at_least=Decimal("23.01"))) == {"A-L1", "A-L2"}
    told = broken(of, ["A-L1", "B-L2"], r.MinimumBusiness(at_least=Decimal(12)))
    assert told == ["A: 10.00 GBP a year, less than 12"]


def test_a_provider_states_what_it_can_live_on() -> None:
    """B says 13 and so cannot win L2 alone at 12; A states nothing and is held to nothing."""
    of = market("A L1 10", "A L2 15", "B L2 12", said={"B": {"viable": Decimal(13)}})
    assert won(of, EVERY, r.MinimumBusiness()) == {"A-L1", "A-L2"}
    assert won(of, EVERY, r.MinimumBusiness(at_least=Decimal(5), own=False)) == {"A-L1", "B-L2"}
    assert won(of, EVERY, r.MinimumBusiness(at_least=Decimal(5), excepted=("B",))) == {"A-L1", "B-L2"}


def test_a_group_lives_on_what_all_its_providers_win() -> None:
    """A and B are one group: 10 + 12 is 22 together, and of what they state the larger holds."""
    bids, firm = ("A L1 10", "B L2 12", "C L1 30", "C L2 30"), {"A": "firm", "B": "firm"}
    few = market(*bids, groups=firm, said={"A": {"viable": Decimal(5)}, "B": {"viable": Decimal(22)}})
    assert won(few, EVERY, r.MinimumBusiness()) == {"A-L1", "B-L2"}
    more = market(*bids, groups=firm, said={"A": {"viable": Decimal(5)}, "B": {"viable": Decimal("22.01")}})
    assert won(more, EVERY, r.MinimumBusiness()) == {"C-L1", "C-L2"}


def test_a_reserve_wins_nothing_and_so_needs_nothing_to_live_on() -> None:
    """Whoever is held in reserve is paid 0, which is nothing."""
    of = market("A L1 30", "B L1 40")
    reserve = r.EveryItemAwarded(shares=(1, 0))
    assert won(of, reserve, r.MinimumBusiness(at_least=Decimal(30))) == {"A-L1", "B-L1"}
    told = conflict(of, reserve, r.MinimumBusiness(at_least=Decimal(41)))
    assert [line.split(":")[0] for line in told] == ["every_item_awarded", "minimum_business"]
