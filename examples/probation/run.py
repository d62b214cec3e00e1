"""Six lots of England and Wales, and who should get them: the demo, step by step in Python."""

from pathlib import Path

import lotopt as lo


def main(out: Path = Path("out")) -> None:
    """Design the lots, simulate a market, award the lots and write the report."""
    england = lo.load_territory("england-wales")
    rules = [
        lo.rules.LotCount(at_least=6, at_most=6),
        lo.rules.SizeBetween(measure="crime", of="share", at_least=0.1333, at_most=0.2),
        lo.rules.Contiguous(),
        lo.rules.Whole(layer="justice"),
    ]
    goals = [lo.goals.Compactness(measure="crime")]
    design = lo.design_lots(england, rules, goals)
    market = lo.simulate(design.plan, seed=7, providers=8, measure="crime")
    award_rules = [lo.rules.EveryItemAwarded(), lo.rules.AwardLimit(at_most=2)]
    award_goals = [lo.goals.TotalPrice()]
    awards = lo.allocate_bids(market, award_rules, award_goals)
    print(design, awards, lo.coherence(design.plan, "crime"), sep="\n\n")
    clauses = {"rules": rules, "goals": goals, "award_rules": award_rules, "award_goals": award_goals}
    lo.write_report(out / "report.html", design, awards, **clauses)


if __name__ == "__main__":
    main()
