"""Who serves each area now: a layer, a table, an earlier run; and schedules by the names of agencies."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import lotopt as lo
from lotopt.core.errors import InputError
from lotopt.joint.offers import incumbents_of
from tests.conftest import plan

MAP = plan("AAB / ABB", layers={"police": "NNS / NSS", "now": "PPQ / PQ."}).territory


def test_a_layer_may_hold_the_incumbents() -> None:
    """Its agencies are providers; an area without one has no incumbent."""
    assert incumbents_of("now", MAP) == {"r1c1": "P", "r1c2": "P", "r1c3": "Q", "r2c1": "P", "r2c2": "Q"}


def test_a_table_names_areas_and_agencies(tmp_path: Path) -> None:
    """The agency N of the police is three areas."""
    (tmp_path / "now.csv").write_text("place,provider\nN,P\nr2c3,Q\n", encoding="utf-8")
    found = incumbents_of(str(tmp_path / "now.csv"), MAP)
    assert found == {"r1c1": "P", "r1c2": "P", "r2c1": "P", "r2c3": "Q"}


def test_an_earlier_run_holds_the_incumbents(tmp_path: Path) -> None:
    """Its awards through its lots; a lot that was not awarded has no incumbent."""
    (tmp_path / "lots.csv").write_text("area,lot\nr1c1,L1\nr1c2,L1\nr1c3,L2\n", encoding="utf-8")
    (tmp_path / "awards.csv").write_text("lot,provider\nL1,P\n", encoding="utf-8")
    assert incumbents_of(str(tmp_path), MAP) == {"r1c1": "P", "r1c2": "P"}


def test_what_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """A place that is none, an area twice; a lot with two providers; no file at all."""
    (tmp_path / "now.csv").write_text("place,provider\nN,P\nr1c1,Q\nX,Q\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        incumbents_of(str(tmp_path / "now.csv"), MAP)
    assert [problem.split(";")[0] for problem in caught.value.problems] == [
        "now.csv, row 3, place: r1c1 has an incumbent already: P",
        "now.csv, row 4, place: no area or agency 'X'",
    ]
    (tmp_path / "lots.csv").write_text("area,lot\nr9c9,L1\n", encoding="utf-8")
    (tmp_path / "awards.csv").write_text("lot,provider\nL1,P\nL1,Q\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        incumbents_of(str(tmp_path), MAP)
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="no layer, no folder and no file 'nwo'; did you mean 'now'"):
        incumbents_of("nwo", MAP)


def test_a_schedule_may_name_an_agency(tmp_path: Path) -> None:
    """A rate of its own in the police area N, which is three areas."""
    (tmp_path / "providers.csv").write_text("provider\nP\n", encoding="utf-8")
    table = "provider,measure,rate,rate_in_N\nP,cases,5,4\n"
    (tmp_path / "schedules.csv").write_text(table, encoding="utf-8")
    found = lo.read_schedules(tmp_path, MAP)
    assert found.schedule["P"].rates == dict.fromkeys(("r1c1", "r1c2", "r2c1"), Decimal(4))
