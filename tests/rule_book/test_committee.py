"""Justice Committee, The role of the Probation Service, 2011: rules JC-1 to JC-5."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from markets import market

import lotopt as lo
from lotopt.allocation.explain.drill import failure_drill
from lotopt.allocation.explain.shock import volume_shock
from lotopt.allocation.goals import TotalPrice
from lotopt.allocation.rules import AwardLimit
from lotopt.cli import answer
from lotopt.core.result import Status
from lotopt.study.examples import example
from tests.rule_book.book import EVERY, termed


def test_jc_1_few_large_lots_straddle_more_counterparts() -> None:
    """The 21 packages of 2014 join up to four police areas each, the seven divisions up to ten."""
    england = lo.load_territory("england-wales")
    spans = {}
    for name in ("contract-package-areas-2014", "nps-divisions-2014"):
        plan = lo.LotDesign.from_partition(england, england.design(name))
        spans[name] = lo.coherence(plan, "crime", ["police"])["police"].largest_span
    assert spans == {"contract-package-areas-2014": 4, "nps-divisions-2014": 10}


def test_jc_2_the_number_and_size_of_lots_are_bounds(tmp_path: Path) -> None:
    """Of nine areas with 3,100 cases, four lots of 800 to 1,300 cannot be made (4 x 800 is more); three can."""
    scenario = tmp_path / "scenario.toml"
    tables = example("own-map/tables/territory.toml").as_posix()
    text = f'territory = "{tables}"\n[design.rules]\nlot_count = {{ at_least = COUNT, at_most = COUNT }}\n'
    text += 'size_between = { measure = "caseload", at_least = 800, at_most = 1300 }\n'
    found = {}
    for count in (3, 4):
        scenario.write_text(text.replace("COUNT", str(count)), encoding="utf-8")
        found[count] = lo.run(scenario).design.status
    assert found == {3: Status.OPTIMAL, 4: Status.INFEASIBLE}


def test_jc_3_principles_are_published_with_the_result(tmp_path: Path) -> None:
    """The result folder holds the scenario as resolved, every rule with its sentence, and hashes of all inputs."""
    assert answer(["run", str(example("own-map/scenario.toml")), "-o", str(tmp_path)]) == 0
    resolved = (tmp_path / "scenario.toml").read_text(encoding="utf-8")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    inputs = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["provenance"]["inputs"]
    assert "size_between" in resolved
    assert "Every lot has at least 800 and at most 1,300 of caseload." in page
    assert all(len(entry["sha256"]) == 64 for entry in inputs)


def test_jc_4_each_provider_fails_in_turn() -> None:
    """A holds L1 and B holds L2. Without A, C takes L1 at 9 instead of 5. Without B nobody may take L2 over
    beside what it holds: A has a bid and the limit is one lot. Awarded anew, all lots are covered.
    """
    of = market("A L1 5", "B L2 5", "A L2 6", "C L1 9")
    drill = failure_drill(of, [EVERY, AwardLimit(at_most=1)], [TotalPrice()])
    without_a, without_b = drill.of("A"), drill.of("B")
    assert without_a is not None
    assert without_b is not None
    assert without_a.its_lots.full
    assert without_a.its_lots.price is not None
    assert without_a.its_lots.price.amount == 4
    assert not without_b.its_lots.full
    assert [gap.name for gap in without_b.its_lots.gaps] == ["L2"]
    # anew, A gives up L1 for L2 at 6, and C takes L1 at 9: 15 instead of 10
    assert without_b.everything.full
    assert without_b.everything.price is not None
    assert without_b.everything.price.amount == 5


def test_jc_5_awards_are_priced_at_other_volumes() -> None:
    """10 a year, of which 6 are fixed: at half the volume 6 + 4/2 = 8, at one and a half 6 + 6 = 12."""
    of = termed(market("A L1 10"), "A-L1", fixed=Decimal(6))
    told = volume_shock(of, [EVERY], [TotalPrice()], shocks=[0.5, 1.5])
    assert [shocked.total for shocked in (told.planned, *told.shocks)] == [10, 8, 12]
