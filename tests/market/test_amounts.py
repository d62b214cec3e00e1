"""Money as people write it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotopt.market.money import amount, exact, pence


@pytest.mark.parametrize(
    "given",
    ["12500", "12500.00", "12,500.00", "£12,500", " £12,500.00 ", "12500.0", 12500, 12500.0, Decimal("12500")],
)
def test_an_amount_is_read_as_it_is_meant(given: str | int | float | Decimal) -> None:
    """All of these are twelve thousand five hundred pounds."""
    assert amount(given) == Decimal("12500.00")
    assert str(amount(given)) == "12500.00"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("12,5OO", "'12,5OO' is not an amount; write 12500.00"),
        ("12.500,00", "'12.500,00' is not an amount; write 12500.00"),
        ("3.000,50", "'3.000,50' is not an amount; write 3000.50"),
        ("12,50", "'12,50' is not an amount; write 12500.00"),
        ("1,25,00", "'1,25,00' is not an amount; write 12500.00"),
        ("12 500", "'12 500' is not an amount; write 12500.00"),
        ("twelve", "'twelve' is not an amount; write 12500.00"),
        ("1e5", "'1e5' is not an amount; write 100000.00"),
        ("£", "'£' is not an amount; write 12500.00"),
        ("--5", "'--5' is not an amount; write 12500.00"),
        ("$100", "'$100' is not an amount; write 12500.00"),
        ("12500.005", "'12500.005' is not an amount; write 12500.01"),
        ("１２", "'１２' is not an amount; write 12.00"),
        ("nan", "'nan' is not an amount; write 12500.00"),
        (12500.005, "12500.005 has fractions of a penny; write 12500.01"),
        (float("nan"), "nan is not an amount"),
        (float("inf"), "inf is not an amount"),
        (True, "True is not an amount"),
        (1e15, "is not an amount between"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(given: str | float, said: str) -> None:
    """The message repeats what was given and shows what would do."""
    with pytest.raises(ValueError, match=r"amount|penny") as caught:
        amount(given)
    assert said in str(caught.value)


def test_what_a_sheet_adds_up_is_taken_to_the_penny() -> None:
    """0.1 + 0.2 is stored as 0.30000000000000004 and means thirty pence."""
    assert amount(0.1 + 0.2) == Decimal("0.30")


def test_negative_amounts_are_amounts() -> None:
    """Whether they make sense is for the reader of the column to say."""
    assert amount("-5") == amount("-£5.00") == amount("£-5") == Decimal("-5.00")


def test_pence_are_whole() -> None:
    """An amount in pence is an integer, or refused."""
    assert pence(Decimal("12.34")) == 1234
    with pytest.raises(ValueError, match="fractions"):
        pence(Decimal("12.345"))


def test_a_number_is_the_decimal_it_is_written_as() -> None:
    """0.1 is a tenth, not what a double has in its place."""
    assert exact(0.1) * 10 == 1
