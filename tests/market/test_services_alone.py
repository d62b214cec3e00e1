"""Markets that bring their own lots, with another service in each: what a bid that names no service is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotopt.core.errors import InputError
from lotopt.market.bid import Item
from lotopt.market.read import read_market


def folder(tmp_path: Path, lots: str, bid: str) -> Path:
    """A market of one provider and one bid."""
    (tmp_path / "lots.csv").write_text(f"lot,service\n{lots}", encoding="utf-8")
    (tmp_path / "providers.csv").write_text("provider\nA\n", encoding="utf-8")
    (tmp_path / "bids.csv").write_text(f"bid,provider,lots,services,price\n{bid}", encoding="utf-8")
    return tmp_path


def test_a_package_across_services_is_for_what_is_bought_in_each_of_its_lots(tmp_path: Path) -> None:
    """Management is bought in X, interventions in R: a bid for both lots need not name the services."""
    of = read_market(folder(tmp_path, "X,management\nR,interventions\n", "b,A,X; R,,13\n"))
    assert of.bid["b"].items == (Item("X", "management"), Item("R", "interventions"))


def test_where_a_lot_has_two_services_a_bid_says_which(tmp_path: Path) -> None:
    """In X both are bought, so that a bid without services would be a guess."""
    with pytest.raises(InputError, match="row 2, services: is empty; name the services"):
        read_market(folder(tmp_path, "X,management\nX,interventions\nR,interventions\n", "b,A,X; R,,13\n"))


def test_a_lot_that_is_not_there_is_no_lot_with_a_service(tmp_path: Path) -> None:
    """A misspelt lot is told as such once the service is named."""
    with pytest.raises(InputError, match="no lot 'Q'"):
        read_market(folder(tmp_path, "X,management\nR,interventions\n", "b,A,X; Q,management,13\n"))
