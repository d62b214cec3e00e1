"""The awards area by area: who manages offenders there, who gives interventions, and the interfaces kept."""

from collections import Counter, defaultdict
from pathlib import Path

import lotopt as lo


def main() -> None:
    """Run the scenario, tell of each area who serves it, and of providers how many interfaces they keep."""
    outcome = lo.run(Path(__file__).parent / "award.toml")
    plan = outcome.awards.plan
    serves = defaultdict(dict)  # area -> service -> provider
    for award in plan:
        for item in award.items:
            for area in plan.market.lot[item.lot].areas:
                serves[area.id][item.service] = award.provider
    title = {provider.id: provider.title for provider in plan.market.providers}
    names = {lot.areas[0].id: lot.name for lot in plan.market.lots if lot.id.startswith("OM-")}
    print(f"{outcome}\n\n{'area':26}{'offender management':46}interventions")
    for area, services in sorted(serves.items(), key=lambda pair: names[pair[0]]):
        print(f"{names[area]:26}{title[services['offender management']]:46}{title[services['interventions']]}")
    # an area keeps an interface of its own for each service, however many areas its provider has
    kept = Counter(provider for services in serves.values() for provider in services.values())
    contracts = Counter(award.provider for award in plan)
    print(f"\n{sum(kept.values())} interfaces in {len(serves)} areas, under {len(plan)} contracts")
    for provider, count in sorted(kept.items(), key=lambda pair: (-pair[1], pair[0])):
        if count > contracts[provider]:
            print(f"{title[provider]}: {count} interfaces under {contracts[provider]} contracts")


if __name__ == "__main__":
    main()
