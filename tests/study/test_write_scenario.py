"""A scenario as resolved reads back as the same scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotopt.study.examples import examples_folder
from lotopt.study.read import read_scenario
from lotopt.study.write import scenario_hash, scenario_text

SCENARIOS = sorted(
    path.relative_to(examples_folder()).as_posix()
    for path in examples_folder().rglob("*.toml")
    if path.name != "territory.toml"
)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_written_reads_back(name: str, tmp_path: Path):
    """Every example, with what it extends resolved and its paths seen from another folder."""
    scenario = read_scenario(examples_folder() / name)
    written = tmp_path / "scenario.toml"
    written.write_text(scenario_text(scenario, tmp_path, {"input": "0" * 64}, "a comment"), encoding="utf-8")
    assert read_scenario(written) == scenario.model_copy(update={"source": str(written), "files": (written,)})


def test_the_hash_does_not_depend_on_where_files_lie(tmp_path: Path):
    """The same words in two folders are the same decision; another seed is another."""
    texts = {"a": "1", "b": "1", "c": "2"}
    for folder, seed in texts.items():
        (tmp_path / folder).mkdir()
        text = f'territory = "map/territory.toml"\n[solver]\nseed = {seed}\n'
        (tmp_path / folder / "s.toml").write_text(text)
    a, b, c = (scenario_hash(read_scenario(tmp_path / folder / "s.toml")) for folder in texts)
    assert a == b
    assert a != c
