"""Scenario files: what is in them, and every mistake told in the file's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotopt.core.errors import InputError
from lotopt.design.rules import LotCount, Whole
from lotopt.study.read import read_scenario, scenario_from

BASE = {"territory": "england-wales", "design": {"rules": {"lot_count": {"at_least": 6}}}}


def problems(table: dict[str, object]) -> tuple[str, ...]:
    """Everything told about a scenario."""
    with pytest.raises(InputError) as told:
        scenario_from({"territory": "england-wales", **table}, "bad.toml")
    return told.value.problems


def rule(key: str, /, **fields: object) -> dict[str, object]:
    return {"design": {"rules": {key: fields}}}


def test_a_clause_is_known_by_its_key():
    """The kind is the key unless it is said."""
    scenario = scenario_from(
        {"territory": "x", "design": {"rules": {"lot_count": {}, "police_whole": {"kind": "whole", "layer": "p"}}}}
    )
    count, whole = scenario.design.rules
    assert isinstance(count, LotCount)
    assert isinstance(whole, Whole)
    assert (count.label, whole.label) == ("lot_count", "police_whole")


def test_the_two_mistakes_of_the_handbook_come_together(tmp_path: Path):
    """A misspelt field and a misspelt kind, in one message."""
    file = tmp_path / "bad.toml"
    file.write_text(
        'territory = "england-wales"\n[design.rules]\nlot_count = { at_lest = 6 }\n[design.goals]\nborder_limt = {}\n'
    )
    with pytest.raises(InputError) as told:
        read_scenario(file)
    assert str(told.value) == (
        f"{file} cannot be used:\n"
        "  - [design.rules] lot_count: no field at_lest; it has: at_least, at_most\n"
        "  - [design.goals] border_limt: no kind 'border_limt'; did you mean 'border_length'?"
    )


BY_KEY = "[design.rules] lot_count: no field name; the key before the = is the clause's name"
NOT_INHERITED = "[design.rules] x: false drops an inherited clause, and none of that name is inherited"
NO_TABLE = "[design.rules] contiguous: is 3; a table is wanted, such as {}, or false to drop an inherited clause"
ELSEWHERE = "[design.rules] border_length: no kind 'border_length'; did you mean 'border_length'? It goes under "
SOURCES = '[allocation] needs a [market] table: file = "bids.xlsx", or simulate = { seed = 7 }'

MISTAKES: list[tuple[dict[str, object], str]] = [
    ({"titel": "x"}, "no table or field 'titel'; did you mean 'title'?"),
    ({"solver": {"gap": "x"}}, "[solver]: gap is 'x'; a number is wanted"),
    ({"solver": {"time_limit": -3}}, "[solver]: time_limit is -3; it must be more than 0"),
    ({"solver": 3}, "[solver] is 3; a table is wanted"),
    (rule("border_length"), ELSEWHERE + "[design.goals]"),
    (rule("lot_count", at_least=1.5), "[design.rules] lot_count: at_least is 1.5; a whole number is wanted"),
    (rule("contiguous", links="ferry"), "[design.rules] contiguous: links is 'ferry'; a list is wanted"),
    (rule("whole"), "[design.rules] whole: needs the field layer"),
    (rule("lot_count", at_least=5, at_most=2), "[design.rules] lot_count: at_least 5 is more than at_most 2"),
    (
        rule("size_between", measure="m", of="shar"),
        "[design.rules] size_between: of is 'shar'; possible: 'amount', 'share'",
    ),
    (rule("fixed", lots={"A": ["x", 3]}), "[design.rules] fixed: lots.A, entry 2 is 3; text is wanted"),
    (rule("lot_count", name="x"), BY_KEY),
    ({"design": {"rules": {"x": False}}}, NOT_INHERITED),
    ({"design": {"rules": {"contiguous": 3}}}, NO_TABLE),
    ({"allocation": {}}, SOURCES),
    ({"market": {"file": "a.xlsx"}}, "[market] needs [allocation.rules] and [allocation.goals] to award it by"),
    ({"market": {"file": "a", "simulate": {}}, "allocation": {}}, "[market]: give either file or simulate"),
    (
        {"market": {"simulate": {"seed": -1}}, "allocation": {}},
        "[market] simulate: seed is -1; it must be at least 0",
    ),
    ({"report": {"layers": "police"}}, "[report]: layers is 'police'; a list is wanted"),
]


@pytest.mark.parametrize(("table", "told"), MISTAKES, ids=[told[:50] for _, told in MISTAKES])
def test_a_mistake_is_told_in_the_words_of_the_file(table: dict[str, object], told: str):
    """Where it stands, what was given, and what is possible."""
    assert problems(table) == (told,)


def test_no_message_speaks_the_language_of_the_library():
    """Whatever is wrong, nobody is told about inputs, types and URLs of the validation library."""
    wrong: list[object] = [None, True, 3, -1.5, "x", [], ["x"], {}, {"a": 1}, float("nan"), float("inf")]
    from lotopt.study.read import sections

    for section, kinds in sections().items():
        part, group = section.split(".")
        for kind, model in kinds.items():
            for field in model.model_fields:
                for value in wrong:
                    table = {"territory": "x", part: {group: {kind: {field: value}}}}
                    try:
                        scenario_from(table | ({} if part == "design" else {"market": {"file": "b"}}))
                    except InputError as error:
                        told = str(error)
                        for word in ("Input should", "pydantic", "type=", "input_value", "valid dictionary"):
                            assert word not in told, told


def test_a_scenario_needs_a_territory():
    """The one field that has no default."""
    with pytest.raises(InputError, match="territory: name an embedded place"):
        scenario_from({"title": "x"})


def test_json_is_accepted(tmp_path: Path):
    """The same tables, for those who write files by program."""
    file = tmp_path / "a.json"
    file.write_text('{"territory": "england-wales", "design": {"rules": {"contiguous": {}}}}')
    assert [clause.label for clause in read_scenario(file).design.rules] == ["contiguous"]
