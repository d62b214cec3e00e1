"""How the contract package areas of 2014 met police areas, regions and the probation regions that followed."""

import lotopt as lo
from lotopt.territory.coherence import as_layer


def main() -> None:
    """Print the design of 2014 against every layer, then against the probation regions of 2021."""
    england = lo.load_territory("england-wales")
    packages = lo.LotDesign.from_partition(england, england.design("contract-package-areas-2014"))
    found = lo.coherence(packages, "crime")
    print(found)
    print(f"\nSplits of police areas: {found['police'].splits}")
    print(f"Straddling regions: {', '.join(found['region'].straddling_lots)}")
    later = as_layer(england.design("probation-regions-2021"))
    across = lo.coherence(packages, "crime", [later]).layers[0].straddling_lots
    print(f"Later divided between probation regions: {', '.join(across) or 'none'}")


if __name__ == "__main__":
    main()
