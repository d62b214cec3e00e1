"""What a scenario has on offer: a market over its lots, a market with lots of its own, or price schedules."""

from __future__ import annotations

from pathlib import Path

from lotopt.core.errors import InputError
from lotopt.market.market import Lots, Market
from lotopt.market.schedules import Schedules
from lotopt.study.files import shown
from lotopt.study.scenario import MarketPart, Scenario
from lotopt.territory.territory import Territory


def market_of(scenario: Scenario, territory: Territory, lots: Lots) -> Market | None:
    """The market of a scenario over some lots. Raises InputError with every problem of its file."""
    market = scenario.market
    if market is None:
        return None
    if market.simulate is not None:
        from lotopt.market.simulate import simulate

        wish = market.simulate
        return simulate(
            lots,
            seed=wish.seed,
            providers=wish.providers,
            measure=wish.measure or first_measure(scenario, territory),
            services=market.services or ("",),
            rate=wish.rate,
            values=wish.values,
            fixed=wish.fixed,
            regions=wish.regions,
        )
    from lotopt.market.read import read_market

    return read_market(_market_file(market), lots, market.services)


def own_market(scenario: Scenario) -> Market:
    """The market of a scenario that brings its own lots. Raises InputError with every problem of its file."""
    from lotopt.market.read import read_market

    assert scenario.market is not None
    return read_market(_market_file(scenario.market), services=scenario.market.services)


def _market_file(market: MarketPart) -> Path:
    path = Path(shown(str(market.file)))
    if not path.exists():
        raise InputError("[market]", f"[market] file: there is no file or folder '{path}'")
    return path


def schedules_of(scenario: Scenario, territory: Territory) -> Schedules | None:
    """The price schedules of a scenario, with its incumbents. Raises InputError with every problem of their files."""
    from lotopt.joint.offers import incumbents_of, read_schedules, simulate_schedules, with_incumbents

    if scenario.market is None or scenario.joint is None:
        return None
    if scenario.market.simulate is not None:
        wish = scenario.market.simulate
        measure = wish.measure or first_measure(scenario, territory)
        found = simulate_schedules(
            territory, seed=wish.seed, providers=wish.providers, measure=measure, rate=wish.rate
        )
    else:
        path = Path(shown(str(scenario.market.file)))
        if not path.exists():
            raise InputError("[market]", f"[market] file: there is no file or folder '{path}'")
        found = read_schedules(path, territory)
    if scenario.joint.incumbents is None:
        return found
    try:
        return with_incumbents(found, incumbents_of(shown(scenario.joint.incumbents), territory))
    except InputError as error:
        raise InputError("[joint]", [f"[joint] incumbents: {problem}" for problem in error.problems]) from None


def first_measure(scenario: Scenario, territory: Territory) -> str:
    """The measure meant where none is named: of the first size rule or goal that has one, else the first there is."""
    for clause in (*scenario.design.rules, *scenario.design.goals):
        measure = getattr(clause, "measure", None)
        if measure in territory.measures:
            return str(measure)
    return next(iter(territory.measures))
