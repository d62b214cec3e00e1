"""What the awards of 2014 cost, and their owners are paid, at volumes 16 % and 48 % below plan; simulated prices."""

from pathlib import Path

import lotopt as lo
from lotopt.allocation.explain.shock import TRANSFORMING_REHABILITATION, volume_shock


def main() -> None:
    """Audit the awards of 2014 against the 25 % rule, then price them again at the volumes of early 2017-18."""
    outcome = lo.run(Path(__file__).parent / "awards_2014.toml")
    market, clauses, awards = outcome.market, outcome.scenario.allocation, outcome.awards
    print(f"{outcome}\n")
    held = [reading for reading in awards.audit.readings if reading.clause == "quarter" and reading.value > 0]
    for reading in sorted(held, key=lambda reading: (-reading.value, reading.where)):
        print(f"{reading.where:30}{100 * float(reading.value):5.1f} % of indicative value (simulated)")
    told = volume_shock(market, clauses.rules, clauses.goals, shocks=TRANSFORMING_REHABILITATION, result=awards)
    print("", *told.sentences, sep="\n")
    print(f"\n{'GBP a year, simulated':40}{'planned':>14}{'16 % below':>14}{'48 % below':>14}")
    for provider, planned in told.planned.paid.items():
        paid = "".join(f"{shocked.paid[provider]:14,.0f}" for shocked in told.shocks)
        print(f"{market.provider[provider].title:40}{planned:14,.0f}{paid}")


if __name__ == "__main__":
    main()
