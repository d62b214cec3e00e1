"""Remake the pictures of the README: `python docs/pictures.py`."""

from pathlib import Path

import lotopt as lo

HERE = Path(__file__).parent


def six_lots() -> str:
    """The map of the worked example, as `lotopt demo` designs it."""
    england = lo.load_territory("england-wales")
    design = lo.design_lots(
        england,
        rules=[
            lo.rules.LotCount(at_least=6, at_most=6),
            lo.rules.SizeBetween(measure="crime", of="share", at_least=0.1333, at_most=0.2),
            lo.rules.Contiguous(),
            lo.rules.Whole(layer="justice"),
        ],
        goals=[lo.goals.Compactness(measure="crime")],
    )
    assert design.plan is not None
    return lo.lot_map(design.plan)


if __name__ == "__main__":
    (HERE / "six-lots.svg").write_text(six_lots(), encoding="utf-8")
