"""What is told beside an allocation: why, what each rule costs, what would happen if."""

from lotopt.allocation.explain.drill import failure_drill
from lotopt.allocation.explain.exposure import exposure
from lotopt.allocation.explain.loosen import relaxations
from lotopt.allocation.explain.mechanism import order_of_preference
from lotopt.allocation.explain.outcomes import outcomes
from lotopt.allocation.explain.ranking import rankings
from lotopt.allocation.explain.reasons import reasons
from lotopt.allocation.explain.rerun import reopen
from lotopt.allocation.explain.rule_prices import rule_prices
from lotopt.allocation.explain.shock import volume_shock

__all__ = [
    "exposure",
    "failure_drill",
    "order_of_preference",
    "outcomes",
    "rankings",
    "reasons",
    "relaxations",
    "reopen",
    "rule_prices",
    "volume_shock",
]
