"""What is written as TOML reads back as the same values."""

from __future__ import annotations

import math
import tomllib

from hypothesis import given
from hypothesis import strategies as st

from lotopt.study.toml import toml_text, toml_value

SCALARS = (
    st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('ab-_. é"', max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_reads_back(value: object):
    """Text with any character, numbers with all their digits, lists and tables in one another."""
    assert tomllib.loads(f"x = {toml_value(value)}") == {"x": value}


def test_infinity_reads_back():
    """A limit that is none."""
    assert tomllib.loads(f"x = {toml_value(math.inf)}") == {"x": math.inf}


def test_sections_come_after_plain_values_and_empty_ones_are_left_out():
    """One clause a line, under its section."""
    table = {"title": "t", "design": {"rules": {"contiguous": {}}, "goals": {}}}
    assert toml_text(table, ("design", "design.rules", "design.goals")) == (
        'title = "t"\n\n[design.rules]\ncontiguous = {}\n'
    )
