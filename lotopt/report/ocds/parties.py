"""The organisations of a release, each once, with every role that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lotopt.market.bid import MEMBER, Bid
from lotopt.report.tender.notice import one_line

if TYPE_CHECKING:
    from lotopt.market.market import Market

Reference = dict[str, str]


class Parties:
    """A list of organisations that grows as a release speaks of them; each is referred to by id and name."""

    def __init__(self, market: Market | None) -> None:
        self._market = market
        self._found: dict[str, dict[str, Any]] = {}

    def buyer(self, name: str) -> Reference:
        """The buyer, under an id that no supplier has."""
        taken: set[str] = set()
        if self._market is not None:
            firms = (partner.firm for provider in self._market.providers for partner in provider.partners)
            more = (partner.firm for bid in self._market.bids for partner in bid.partners)
            taken = {*self._market.provider, *firms, *more}
        id = "buyer"
        while id in taken:
            id += "-"
        return self._add(id, name, "buyer")

    def bidders(self, bid: Bid, *roles: str) -> list[Reference]:
        """Whoever makes a bid: the bidder, and the members of its consortium. Subcontractors are no party to it."""
        assert self._market is not None
        partners = (*self._market.provider[bid.provider].partners, *bid.partners)
        firms = [bid.provider, *(partner.firm for partner in partners if partner.role == MEMBER)]
        return [self._add(firm, self._name(firm), *roles) for firm in dict.fromkeys(firms)]

    @property
    def listed(self) -> list[dict[str, Any]]:
        """Every organisation, in the order in which it was first spoken of."""
        return list(self._found.values())

    def _name(self, firm: str) -> str:
        assert self._market is not None
        return self._market.provider[firm].title if firm in self._market.provider else firm

    def _add(self, id: str, name: str, *roles: str) -> Reference:
        name = one_line(name)
        party = self._found.setdefault(id, {"id": id, "name": name, "roles": []})
        party["roles"] += [role for role in roles if role not in party["roles"]]
        return {"id": id, "name": name}
