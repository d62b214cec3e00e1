"""For each region and category: is it bought regionally or by police area, and what would the other way cost?"""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import lotopt as lo

HERE = Path(__file__).parent
REGION = " (region)"


def main() -> None:
    """Run the mini-competitions, then with regional lots alone, then with local lots wherever there are any."""
    outcome = lo.run(HERE / "minicompetitions.toml")
    market, clauses = outcome.market, outcome.scenario.allocation
    regional = {lot.id for lot in market.lots if lot.name.endswith(REGION)}
    local = {lot.id for lot in market.lots} - regional
    # London has no local lots, so that its regional ones stay in every case
    local |= {lot for lot in regional if market.lot_name(lot) == f"London{REGION}"}
    prices = {"as it is best": paid(outcome.awards.plan)}
    for name, lots in {"all regional": regional, "all local": local}.items():
        part = replace(market, bids=tuple(bid for bid in market.bids if lots.issuperset(bid.lots)))
        found = lo.allocate_bids(part, clauses.rules, clauses.goals)
        prices[name] = paid(found.plan) if found.plan is not None else {}
        print(f"{name}: {f'{found.plan.total_price:,} GBP a year' if found.plan else '; '.join(found.conflict)}")
    print(f"as it is best: {outcome.awards.plan.total_price:,} GBP a year, in {len(outcome.awards.plan)} contracts\n")
    print(f"{'region':27}{'category':21}{'bought':>10}{'best':>12}{'regional':>12}{'local':>12}")
    won = {lot for award in outcome.awards.plan for lot in award.lots}
    for place in sorted(prices["as it is best"]):
        here = [item.lot for item in market.items if where(market, item) == place]
        how = "regional" if won & regional.intersection(here) else f"{len(won.intersection(here))} local"
        figures = "".join(
            f"{prices[name].get(place, Decimal(0)):12,.0f}" for name in ("as it is best", "all regional", "all local")
        )
        print(f"{place[0]:27}{place[1]:21}{how:>10}{figures}")


def where(market: lo.Market, item) -> tuple[str, str]:
    """The region and category of a lot."""
    terms = market.terms_of(item)
    return terms.region, terms.category


def paid(plan: lo.Allocation) -> dict[tuple[str, str], Decimal]:
    """What is paid in each region and category, GBP a year."""
    found = defaultdict(Decimal)
    for award in plan:
        found[where(plan.market, award.items[0])] += award.price
    return found


if __name__ == "__main__":
    main()
