"""What the historical examples tell, at their simulated prices."""

from __future__ import annotations

import re
import runpy
from decimal import Decimal

import pytest

import lotopt as lo
from lotopt.allocation.allocation import Allocation
from lotopt.study.examples import example


def awarded(name: str) -> Allocation:
    """The awards of a scenario, proven and audited."""
    outcome = lo.run(example(name))
    assert outcome.exit_code == 0
    assert outcome.awards is not None
    assert outcome.awards.plan is not None
    return outcome.awards.plan


def told(script: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a script prints."""
    runpy.run_path(str(example(script)))["main"]()
    return capsys.readouterr().out


def share(plan: Allocation, firm: str) -> Decimal:
    """A firm's part of the indicative value of all packages."""
    market = plan.market
    whole = sum((market.terms_of(item).value or Decimal(0) for item in market.items), Decimal(0))
    own = sum(
        (market.terms_of(i).value or Decimal(0) for each in plan.by_group()[firm] for i in each.bid.items), Decimal(0)
    )
    return own / whole


def test_the_awards_of_2014_keep_the_25_percent_rule_at_simulated_values() -> None:
    """Nobody is above a quarter; Purple Futures has most, and each of its members as much as the group."""
    plan = awarded("transforming-rehabilitation/awards_2014.toml")
    assert len(plan) == 21
    shares = {firm: share(plan, firm) for firm in plan.by_group()}
    assert max(shares.values()) == shares["purple_futures"] == shares["3SC"] < Decimal("0.25")


def test_the_quarter_binds_in_the_simulated_competition() -> None:
    """Without the rule one bidder would hold London and another package, more than a quarter; with it none does."""
    scenario = lo.read_scenario(example("transforming-rehabilitation/award.toml"))
    plan = awarded("transforming-rehabilitation/award.toml")
    assert scenario.allocation is not None
    others = [rule for rule in scenario.allocation.rules if rule.label != "quarter"]
    free = lo.allocate_bids(plan.market, others, scenario.allocation.goals).plan
    assert free is not None
    assert max(share(free, firm) for firm in free.by_group()) > Decimal("0.25")
    assert max(share(plan, firm) for firm in plan.by_group()) <= Decimal("0.25")


def test_eos_takes_the_package_that_geo_would_have_had() -> None:
    """At the simulated prices too, and the other twenty stay with who was awarded them."""
    plan = awarded("transforming-rehabilitation/geo_falls_away.toml")
    kept = awarded("transforming-rehabilitation/awards_2014.toml")
    assert {award.bid for award in plan} == {award.bid for award in kept}
    assert [award.provider for award in plan if award.lots == ("C12",)] == ["eos"]


def test_three_packages_are_stepped_into_with_caps_checked_again() -> None:
    """Seetec has four packages then, a fifth of the value; eighteen contracts stand, and no package goes without."""
    plan = awarded("transforming-rehabilitation/working_links_fails.toml")
    assert [award.lots for award in plan if award.provider == "seetec"] == [("C10", "C15", "C19"), ("C21",)]
    assert {lot for award in plan for lot in award.lots} == {f"C{number:02}" for number in range(1, 22)}
    assert Decimal("0.20") < share(plan, "seetec") < Decimal("0.25")
    assert not {"working_links", "public"} & {award.provider for award in plan}


def test_volumes_below_plan_are_priced(capsys: pytest.CaptureFixture[str]) -> None:
    """Variable parts fall with volume and fixed parts stay: less than 16 and 48 % is saved."""
    printed = told("transforming-rehabilitation/run.py", capsys)
    less = [float(part) for part in re.findall(r"less \(([0-9.]+) %\)", printed)]
    assert len(less) == 2
    assert 0 < less[0] < 16
    assert less[0] < less[1] < 48
    assert less[1] == pytest.approx(3 * less[0], abs=0.1)  # 48 is three times 16


def test_day_one_has_93_awards_and_17_lots_with_a_reason() -> None:
    """No bid wins a lot that was awarded directly, and each of them says to whom and why."""
    plan = awarded("dynamic-framework/day1.toml")
    direct = [plan.market.terms_of(item) for item in plan.market.closed]
    assert len(plan) == 93
    assert len(direct) == 17
    assert all("awarded directly to" in terms.reason for terms in direct)


def test_each_region_and_category_is_bought_one_way(capsys: pytest.CaptureFixture[str]) -> None:
    """43 of them: as bought costs no more than all regional or all local; both ways occur."""
    printed = told("dynamic-framework/run.py", capsys)
    found = re.findall(r"^(a[\w ]+): ([0-9,.]+) GBP", printed, re.MULTILINE)
    totals = {name: float(total.replace(",", "")) for name, total in found}
    assert totals["as it is best"] < min(totals["all regional"], totals["all local"])
    rows = [line for line in printed.splitlines() if re.search(r" (regional|[0-9]+ local) ", line)][1:]
    assert len(rows) == 43
    assert 10 < sum(" local " in row for row in rows) < 33


def test_every_area_and_service_is_bought_once() -> None:
    """A regional lot and a local lot of the same service never both win."""
    plan = awarded("dynamic-framework/minicompetitions.toml")
    bought = [(area.id, i.service) for award in plan for i in award.items for area in plan.market.lot[i.lot].areas]
    assert len(bought) == len(set(bought))


def test_awards_are_told_area_by_area(capsys: pytest.CaptureFixture[str]) -> None:
    """42 areas keep two interfaces each, 84, under fewer contracts; Cumbria is served from Lancashire."""
    printed = told("market-test-2005/per_area.py", capsys)
    assert "84 interfaces in 42 areas" in printed
    assert re.search(r"^Cumbria +Probation board, Lancashire", printed, re.MULTILINE)
    assert re.search(r"^Gwent +Secretary of State, last resort", printed, re.MULTILINE)


def test_a_package_across_services_wins_on_its_declared_group() -> None:
    """Whoever holds both services of a region by one bid holds all its areas."""
    plan = awarded("market-test-2005/award.toml")
    both = [award for award in plan if len(award.services) == 2]
    assert both
    for award in both:
        regions = {plan.market.terms_of(item).region for item in award.items}
        assert len(regions) == 1
        assert set(award.lots) == {
            item.lot for item in plan.market.items if plan.market.terms_of(item).region in regions
        }


def test_london_alone_is_awarded() -> None:
    """Serco with the incumbent trust; five lots are cancelled."""
    plan = awarded("community-payback/award.toml")
    assert [(award.lots, award.provider) for award in plan] == [(("london",), "serco")]
    assert len(plan.market.closed) == 5


def test_missing_winners_are_as_few_as_can_be() -> None:
    """Three of four in Dyfed-Powys 2, four of eight in Devon, and the best three of five elsewhere."""
    plan = awarded("other-programmes/duty_contracts.toml")
    won = {item.lot: sorted(each.bid.quality or 0 for each in plan.bids_on(item)) for item in plan.market.items}
    assert won == {"dyfed-powys-2": [64, 71, 80], "devon": [58, 69, 77, 80], "elsewhere": [69, 71, 74]}


def test_earlier_winners_have_one_more_contract_in_one_zone() -> None:
    """The four firms of the first round keep theirs and win in one zone at most; others have no such limit."""
    plan = awarded("other-programmes/devon_zones.toml")
    zones = {firm: sum(each.bid.lots[0] != "devon" for each in won) for firm, won in plan.by_group().items()}
    assert [zones[f"firm_{number}"] for number in (3, 4, 5, 6)] == [1, 1, 1, 1]
    assert zones["firm_9"] == 4


def test_the_final_offer_is_paid_and_not_the_first() -> None:
    """3.65 m after negotiation; with the other route at 2.90 m less than both together at 6.90 m."""
    plan = awarded("other-programmes/route_100.toml")
    assert {award.bid for award in plan} == {"elm-final", "fir-x"}
    assert plan.total_price == 6_550_000
