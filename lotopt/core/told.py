"""What every explanation has in common: sentences, a table, and whether all of it was worked out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Told:
    """An explanation. `done` is false where the time or Ctrl-C ended it before all was worked out."""

    @property
    @abstractmethod
    def sentences(self) -> tuple[str, ...]:
        """What it says, in plain sentences."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """What it says, as a table."""

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False, escape=True)

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def listed(names: Iterable[str], most: int = 8, none: str = "nothing") -> str:
    """Names in a row: a, b and c; beyond `most` only how many more there are."""
    every = list(names)
    if not every:
        return none
    if len(every) > most:
        return f"{', '.join(every[:most])} and {len(every) - most} more"
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}"
