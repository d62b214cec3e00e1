"""result.json: its schema in the package, kept in step, and what a document may hold."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from pathlib import Path

import lotopt.study
from lotopt.core.reading import Audit, Reading
from lotopt.study.document import result_schema
from lotopt.study.result import audit_entry

SCHEMA = Path(lotopt.study.__path__[0]) / "result.schema.json"


def test_the_schema_in_the_package_is_that_of_the_models():
    """Mend with: python -m lotopt.study.document."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == result_schema()


def test_every_field_of_the_schema_is_always_there():
    """Readers need not ask whether a field is missing."""
    for name, definition in result_schema()["$defs"].items():
        assert set(definition.get("required", [])) == set(definition.get("properties", {})), name


def test_limits_that_are_none_become_null_and_money_stays_exact():
    """JSON has no infinity, and a float has no pence."""
    audit = Audit((Reading("cap", "A", Decimal("0.10"), at_most=Decimal("0.30"), unit="GBP"),))
    (reading,) = audit_entry(audit).readings
    assert (reading.value, reading.at_least, reading.at_most, reading.ok) == ("0.10", None, "0.30", True)


def test_a_reading_that_is_not_finite():
    """It becomes null rather than a word that JSON does not know."""
    (reading,) = audit_entry(Audit((Reading("reach", "A", math.inf, at_most=3.0),))).readings
    assert (reading.value, reading.ok) == (None, False)
