"""Three lots of a map of your own, awarded from bids in CSV files."""

from pathlib import Path

import lotopt as lo


def main(out: Path = Path("out")) -> None:
    """Run the scenario on polygons, print what was found and write the whole folder."""
    here = Path(__file__).parent
    outcome = lo.run(here / "with_shapes.toml")
    print(outcome)
    for lot, areas in outcome.design.plan:
        print(f"{lot}: {', '.join(areas)}")
    for award in outcome.awards.plan.awards:
        print(f"{', '.join(award.lots)} to {award.provider} for GBP {award.price:,} a year")
    lo.write_folder(outcome, out)


if __name__ == "__main__":
    main()
