"""The rules that limit what one provider, or one legal group, wins."""

from __future__ import annotations

from collections.abc import Iterable

from lotopt.allocation.clause import AwardRule, GroupRule
from lotopt.allocation.rules.funding import TurnoverTest
from lotopt.allocation.rules.providers import Incompatible
from lotopt.allocation.rules.values import ValueShare


def on_one_provider(rules: Iterable[AwardRule]) -> list[AwardRule]:
    """The rules on what one provider or legal group wins."""
    found = [rule for rule in rules if isinstance(rule, GroupRule | TurnoverTest | Incompatible)]
    return [rule for rule in found if not (isinstance(rule, Incompatible) and rule.providers)]


def by_itself(rules: Iterable[AwardRule]) -> list[AwardRule]:
    """Those of them that look at nothing else than what it wins: a share of the total price looks at all awards."""
    found = on_one_provider(rules)
    return [rule for rule in found if not (isinstance(rule, ValueShare) and rule.of == "price")]
