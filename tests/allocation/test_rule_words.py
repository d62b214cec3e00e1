"""What rules say: of names that a market lacks, of fields that make no sense, of themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from markets import market
from pydantic import ValidationError

from lotopt.allocation import rules as r
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.solve import allocate_bids
from lotopt.core.errors import InputError

EVERY = r.EveryItemAwarded()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (r.Coverage(excepted=("North",)), "coverage: no lot 'North'; did you mean 'Nort'?"),
        (r.AwardLimit(at_most=1, excepted=("Alpa",)), "award_limit: no provider 'Alpa'; did you mean 'Alpha'?"),
        (r.Capacity(measure="case"), "capacity: no provider states a capacity of 'case'; did you mean 'cases'?"),
        (r.PriceCeiling(at_most=Decimal(1), per="case"), "price_ceiling: no measure 'case'; did you mean 'cases'?"),
        (r.ValueCap(at_most=Decimal(1), excepted=("Alpa",)), "value_cap: no provider 'Alpa'; did you mean 'Alpha'?"),
        (r.ClassShare(classes=("smal",)), "class_share: no provider of class 'smal'; did you mean 'small'?"),
        (r.Incompatible(lots=("Nort", "L5")), "incompatible: no lot 'L5'; possible: Nort"),
        (r.Incompatible(services=("a", "b")), "incompatible: no service 'a'; there is none"),
        (r.Incompatible(providers=("Alpha", "firm")), "incompatible: provider 'Alpha' belongs to 'firm'"),
        (r.Together(lots=("Nort", "L5")), "together: no lot 'L5'; possible: Nort"),
        (r.Packages(only_on=(("Nort", "L5"),)), "packages: no lot 'L5'; possible: Nort"),
        (r.QualityThreshold(at_least=50), "quality_threshold: no quality is given for bid Alpha-Nort; give each"),
        (r.Eligibility(), "eligibility: the market has no panel; say on the sheet Panel who may win what"),
        (r.TurnoverTest(), "turnover_test: no indicative value is given for Nort; give each on the sheet Lots"),
        (
            r.TurnoverTest(of="price"),
            "turnover_test: no funding is given for Alpha; give each on the sheet",
        ),
        (r.MinimumBusiness(), "minimum_business: at_least is 0 and no provider states what is viable for it"),
        (r.Bidders(at_least=2, excepted=("North",)), "bidders: no lot 'North'; did you mean 'Nort'?"),
        (r.LastResort(), "last_resort: no provider is marked last_resort; write yes in that column of the sheet"),
        (r.Resilience(measure="case"), "resilience: no provider states a capacity of 'case'; did you mean 'cases'?"),
        (r.FixedAwards(bids=("Alpha-Nor",)), "fixed_awards: no bid 'Alpha-Nor'; did you mean 'Alpha-Nort'?"),
        (r.Withdrawn(providers=("Alpa",)), "withdrawn: no provider 'Alpa'; did you mean 'Alpha'?"),
    ],
)
def test_a_name_that_the_market_lacks_is_told(rule: r.AwardRule, said: str) -> None:
    """The message names the rule, what was given and what is possible."""
    of = market("Alpha Nort 10", groups={"Alpha": "firm"}, capacity={"Alpha": {"cases": 1}}, kinds={"Alpha": "small"})
    with pytest.raises(InputError) as caught:
        allocate_bids(of, [EVERY, rule], [TotalPrice()])
    assert any(problem.startswith(said) for problem in caught.value.problems), caught.value


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (r.ValueShare, {"at_most": 25}),
        (r.EveryItemAwarded, {"winners": 0}),
        (r.FewestProviders, {"at_least": -1}),
        (r.PriceCeiling, {"at_most": -1}),
        (r.Capacity, {"measure": "cases", "share": 0}),
        (r.ValueCap, {"at_most": "inf"}),
        (r.ClassShare, {"classes": ()}),
        (r.ClassShare, {"classes": ("small",), "at_least": 0.6, "at_most": 0.5}),
        (r.Budget, {"at_most": -1}),
        (r.Incompatible, {}),
        (r.Incompatible, {"lots": ("L1",)}),
        (r.Incompatible, {"lots": ("L1", "L2"), "services": ("a", "b")}),
        (r.Incompatible, {"lots": ("L1", "L2"), "anywhere": True}),
        (r.AwardLimit, {"at_least": 1}),
        (r.Together, {}),
        (r.Together, {"lots": ("L1",)}),
        (r.Together, {"lots": ("L1", "L2"), "services": ("a", "b")}),
        (r.QualityThreshold, {"at_least": 101}),
        (r.TurnoverTest, {"gate": -1}),
        (r.TurnoverTest, {"multiple": 0}),
        (r.MinimumBusiness, {"at_least": -1}),
        (r.Bidders, {"at_least": 0}),
        (r.Bidders, {"at_least": 2, "then": "cancel"}),
        (r.Resilience, {"measure": "cases", "share": 1.5}),
        (r.FixedAwards, {"bids": ()}),
        (r.FixedAwards, {"bids": ("b1",), "shares": {"b2": 0.6}}),
        (r.Withdrawn, {}),
    ],
)
def test_fields_that_make_no_sense_are_refused(kind: type[r.AwardRule], fields: dict[str, object]) -> None:
    """A share of 25, no winners, one lot that does not go together with nothing, a field that is not there."""
    with pytest.raises(ValidationError):
        kind(**fields)


@pytest.mark.parametrize("kind", r.RULES, ids=lambda kind: kind.__name__)
def test_every_rule_says_itself_and_its_file_form(kind: type[r.AwardRule]) -> None:
    """A rule is one sentence, and what it writes to a file makes the same rule again."""
    given = {
        r.Coverage: {"at_least": 0.9, "except": ["L1"]},
        r.AwardLimit: {"at_most": 2, "except": ["A"]},
        r.ValueShare: {"at_most": 0.25},
        r.ValueCap: {"at_most": "1000000.00", "except": ["A"]},
        r.Capacity: {"measure": "cases", "share": 0.9},
        r.ClassShare: {"classes": ["voluntary", "small"], "at_least": 0.1, "at_most": 0.5},
        r.Budget: {"at_most": "2000000.00"},
        r.PriceCeiling: {"at_most": "12500.50", "per": "cases"},
        r.FewestProviders: {"at_least": 3},
        r.MostProviders: {"at_most": 8},
        r.Incompatible: {"lots": ["L1", "L2"]},
        r.EveryItemAwarded: {"winners": 2, "except": ["L1"]},
        r.Together: {"lots": ["L1", "L2"]},
        r.Packages: {"only_on": [["L1", "L2"], ["L3", "L4"]], "across_services": False},
        r.QualityThreshold: {"at_least": 60.0, "except": ["L1"]},
        r.Eligibility: {"members": True},
        r.OneTender: {},
        r.TurnoverTest: {"gate": 0.75, "multiple": 3.0, "of": "price", "except": ["A"]},
        r.MinimumBusiness: {"at_least": "150000.00", "own": False, "except": ["A"]},
        r.Bidders: {"at_least": 2, "then": "tell", "except": ["L1"]},
        r.LastResort: {"except": ["L1"]},
        r.Resilience: {"measure": "cases", "share": 0.8, "except": ["A"]},
        r.FixedAwards: {"bids": ["b1", "b2"], "shares": {"b2": 0.6}},
        r.Withdrawn: {"bids": ["b1"], "providers": ["A"]},
    }[kind]
    rule = kind(**given)
    assert rule.fields() == given
    assert kind(**rule.fields()) == rule
    assert rule.explain().endswith(".")
    assert all(str(value) in rule.explain() for value in given.get("except", ()))  # type: ignore[attr-defined]
