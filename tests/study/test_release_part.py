"""[release]: what a scenario says of a draft in the Open Contracting Data Standard."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lotopt.core.errors import InputError
from lotopt.study.read import read_scenario, scenario_from
from lotopt.study.schema import scenario_schema
from lotopt.study.write import scenario_hash, scenario_text

LOTS: dict[str, Any] = {"territory": "england-wales", "release": {"buyer": "A council", "date": "2026-03-01"}}


def test_a_date_is_written_as_toml_writes_dates(tmp_path: Path) -> None:
    """Without quotes; with quotes it is the same day."""
    head = 'territory = "england-wales"\n[release]\nbuyer = "A council"\n'
    found = []
    for name, date in (("bare.toml", "2026-03-01"), ("quoted.toml", '"2026-03-01"')):
        (tmp_path / name).write_text(f"{head}date = {date}\n")
        scenario = read_scenario(tmp_path / name)
        assert scenario.release is not None
        assert scenario.release.date == datetime.date(2026, 3, 1)
        found.append(scenario_hash(scenario))
    assert found[0] == found[1]


def test_it_is_written_back_and_read_again() -> None:
    """As resolved, with what differs from the defaults."""
    scenario = scenario_from({**LOTS, "release": {**LOTS["release"], "stage": "planning", "ocid": "ocds-1"}})
    again = scenario_from(tomllib.loads(scenario_text(scenario)))
    assert again.release == scenario.release
    assert scenario_hash(again) == scenario_hash(scenario)


def test_a_scenario_without_it_has_the_hash_it_had() -> None:
    """A table that is not there changes nothing."""
    without = {key: value for key, value in LOTS.items() if key != "release"}
    assert "release" not in scenario_text(scenario_from(without))


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ({"buyer": "A council"}, "[release]: needs the field date"),
        ({"date": "2026-03-01"}, "[release]: needs the field buyer"),
        ({"buyer": "", "date": "2026-03-01"}, "[release]: buyer needs at least 1, and has 0"),
        ({"buyer": "A", "date": "1 March"}, "[release]: date is '1 March'; wanted: "),
        ({"buyer": "A", "date": "2026-03-01", "stage": "contract"}, "[release]: stage is 'contract'; possible: "),
        (
            {"buyer": "A", "date": "2026-03-01", "stage": "award"},
            '[release] stage is "award", and without a [market]',
        ),
        ({"buyer": "A", "date": "2026-03-01", "bid": "all"}, "[release]: no field bid; it has: buyer, date, stage"),
    ],
)
def test_mistakes_are_told(release: dict[str, Any], told: str) -> None:
    """Each in the file's own words."""
    with pytest.raises(InputError) as error:
        scenario_from({**LOTS, "release": release})
    assert told in str(error.value)


def test_editors_know_it() -> None:
    """The JSON schema of scenario files describes every field."""
    schema = scenario_schema()
    fields = schema["$defs"]["ReleasePart"]["properties"]
    assert fields["date"]["format"] == "date"
    assert all(field["description"] for field in fields.values())
