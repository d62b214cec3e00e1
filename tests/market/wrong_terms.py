"""What can be wrong with lots, panel, members, discounts and providers: the tables that change, the sentence told."""

from __future__ import annotations

from wrong_bids import BIDS, LISTED, PROVIDERS, Rows, wider

PANEL = ["provider", "lots", "regions", "categories", "value_from", "value_to", "joined", "left"]
MEMBERS = ["provider", "firm", "group", "role"]
TIERS = ["provider", "on", "from", "to", "discount"]

OF_TERMS: dict[str, tuple[dict[str, Rows], str]] = {
    # lots
    "a value in words": (
        {"Lots": [LISTED[0], ["North", "", "much"], *LISTED[2:]]},
        "sheet Lots, row 2, value: 'much' is not an amount; write 12500.00",
    ),
    "a day that is not in the calendar": (
        {"Lots": [LISTED[0], ["North", "", 5, "upper", "2021-02-31", 10], *LISTED[2:]]},
        "sheet Lots, row 2, date: '2021-02-31' is not a day of the calendar",
    ),
    "a day that never was": (
        {"Lots": [LISTED[0], ["North", "", 5, "upper", "31/02/2021", 10], *LISTED[2:]]},
        "sheet Lots, row 2, date: '31/02/2021' is not a date; write a day of the calendar such as 2021-04-26",
    ),
    "a date with the day first": (
        {"Lots": [LISTED[0], ["North", "", 5, "upper", "26/04/2021", 10], *LISTED[2:]]},
        "sheet Lots, row 2, date: '26/04/2021' is not a date; write 2021-04-26",
    ),
    "a date that may be two": (
        {"Lots": [LISTED[0], ["North", "", 5, "upper", "03/04/2021", 10], *LISTED[2:]]},
        "sheet Lots, row 2, date: '03/04/2021' is not a date; write a day of the calendar such as 2021-04-26",
    ),
    "a number for a date": (
        {"Lots": [LISTED[0], ["North", "", 5, "upper", 2021.0, 10], *LISTED[2:]]},
        "sheet Lots, row 2, date: 2021.0 is not a date; write a day of the calendar such as 2021-04-26",
    ),
    "an unknown status": (
        {"Lots": wider(LISTED, "status", "canceled")},
        "sheet Lots, row 2, status: 'canceled' is not known; did you mean 'cancelled'?",
    ),
    "a closed lot without reason": (
        {"Lots": wider(LISTED, "status", "direct")},
        "sheet Lots, row 2, reason: is empty; say why it is direct",
    ),
    "a lot in two rows": (
        {"Lots": [*LISTED, ["South", "", 5, "lower", "", 20]]},
        "sheet Lots, row 5, lot: 'South, work' has a row already (m.xlsx, sheet Lots, row 3)",
    ),
    "a service of a lot in two rows": (
        {"Lots": [*LISTED, ["South", "help", 5, "lower", "", 20]]},
        "sheet Lots, row 5, service: 'South, help' has a row already (m.xlsx, sheet Lots, row 4)",
    ),
    "two volumes of one lot": (
        {"Lots": [*LISTED[:3], ["South", "help", 300, "lower", "", 21]]},
        "sheet Lots, row 4, volume_cases: 21 is 20 (m.xlsx, sheet Lots, row 3)",
    ),
    "two names of one lot": (
        {"Lots": wider(LISTED, "lot_name", "Up", "Down", "Low")},
        "sheet Lots, row 4, lot_name: 'Low' is 'Down' (m.xlsx, sheet Lots, row 3)",
    ),
    "a row without a lot": (
        {"Lots": [*LISTED, [None, "help", 5]]},
        "sheet Lots, row 5, lot: is empty; fill it in",
    ),
    "a misspelt column": (
        {"Lots": wider(LISTED, "incumbant", "beta")},
        "sheet Lots, row 1: no column 'incumbant' is known; did you mean 'incumbent'?",
    ),
    # panel
    "a line for nobody": (
        {"Panel": [PANEL, ["gamma"]]},
        "sheet Panel, row 2, provider: no provider 'gamma'; possible: alpha, beta",
    ),
    "a line for no lot": (
        {"Panel": [PANEL, ["beta", "Suoth"]]},
        "sheet Panel, row 2, lots: no lot 'Suoth'; did you mean 'South'?",
    ),
    "a line for no region": (
        {"Panel": [PANEL, ["beta", None, "uper"]]},
        "sheet Panel, row 2, regions: no region 'uper'; did you mean 'upper'?",
    ),
    "a line for no category": (
        {"Panel": [PANEL, ["beta", None, None, "women"]]},
        "sheet Panel, row 2, categories: no category 'women'; there is none",
    ),
    "values in the wrong order": (
        {"Panel": [PANEL, ["beta", None, None, None, 500, 400]]},
        "sheet Panel, row 2, value_to: 400.00 is below value_from, 500.00",
    ),
    "left before it joined": (
        {"Panel": [PANEL, ["beta", None, None, None, None, None, "2021-05-01", "2021-04-30"]]},
        "sheet Panel, row 2, left: 2021-04-30 is before it joined, on 2021-05-01",
    ),
    "joined on no day": (
        {"Panel": [PANEL, ["beta", None, None, None, None, None, "2021-13-01"]]},
        "sheet Panel, row 2, joined: '2021-13-01' is not a day of the calendar",
    ),
    # members
    "a provider in two groups": (
        {"Members": [MEMBERS, ["alpha", "beta", "Other", "member"]]},
        (
            "sheet Members, row 2, group: 'beta' is a provider of group 'Holding' (m.xlsx, sheet Providers, row 3); "
            "a firm is in one legal group"
        ),
    ),
    "a firm in two groups": (
        {"Members": [MEMBERS, ["alpha", "X", "One"], ["beta", "X", "Two"]]},
        (
            "sheet Members, row 3, group: 'X' is of group 'One' (m.xlsx, sheet Members, row 2); "
            "a firm is in one legal group"
        ),
    ),
    "a group that is a firm of another group": (
        {"Members": [MEMBERS, ["alpha", "X", "beta"]]},
        "sheet Members, row 2, group: 'beta' is a provider that belongs to 'Holding'; write 'Holding'",
    ),
    "members of nobody": (
        {"Members": [MEMBERS, ["alhpa", "X"]]},
        "sheet Members, row 2, provider: no provider 'alhpa'; did you mean 'alpha'?",
    ),
    "an unknown role": (
        {"Members": [MEMBERS, ["alpha", "X", None, "sub-contractor"]]},
        "sheet Members, row 2, role: 'sub-contractor' is not known; did you mean 'subcontractor'?",
    ),
    "a firm twice beside a provider": (
        {"Members": [MEMBERS, ["alpha", "X"], ["alpha", "X", None, "subcontractor"]]},
        "sheet Members, row 3, firm: 'X' is named twice; a firm has one role in a bid",
    ),
    "a provider as its own member": (
        {"Members": [MEMBERS, ["beta", "X", "Holding"]]},
        "sheet Members, row 2, firm: 'X' is of the bidder's own legal group; leave it out",
    ),
    "a standing member again in a bid": (
        {"Members": [MEMBERS, ["alpha", "X"]], "Bids": wider(BIDS, "subcontractors", "X")},
        "sheet Bids, row 2, subcontractors: 'X' is named twice; a firm has one role in a bid",
    ),
    # discounts
    "a gap between tiers": (
        {"Discounts": [TIERS, ["alpha", "", 0, 1000, 0], ["alpha", "", 1500, None, 0.05]]},
        "sheet Discounts, row 2, to: there is a gap between 1000 and 1500",
    ),
    "tiers that overlap": (
        {"Discounts": [TIERS, ["alpha", "", 0, 1000, 0], ["alpha", "", 900, None, 0.05]]},
        "sheet Discounts, row 3, from: the tier from 900 begins before the one from 0 ends, at 1000",
    ),
    "a last tier that ends": (
        {"Discounts": [TIERS, ["alpha", "", 0, 1000, 0], ["alpha", "", 1000, 5000, 0.05]]},
        "sheet Discounts, row 3, to: the last tier ends at 5000; leave its end empty, so that every total has a tier",
    ),
    "a tier without end before another": (
        {"Discounts": [TIERS, ["alpha", "", 0, None, 0], ["alpha", "", 1000, None, 0.05]]},
        "sheet Discounts, row 2, to: the tier from 0 has no end, and another begins at 1000",
    ),
    "two things counted": (
        {"Discounts": [TIERS, ["alpha", "value", 0, 1000, 0], ["alpha", "lots", 1000, None, 0.05]]},
        (
            "sheet Discounts, row 3, on: 'lots', and 'value' (m.xlsx, sheet Discounts, row 2); "
            "the tiers of a provider count one thing"
        ),
    ),
    "everything for nothing": (
        {"Discounts": [TIERS, ["alpha", "", 0, None, 1]]},
        "sheet Discounts, row 2, discount: 1 is not from 0 to below 1; write 0.05 for 5 %",
    ),
    "a discount in per cent": (
        {"Discounts": [TIERS, ["alpha", "", 0, None, 5]]},
        "sheet Discounts, row 2, discount: 5 is not from 0 to below 1; write 0.05 for 5 %",
    ),
    "a tier that begins nowhere": (
        {"Discounts": [TIERS, ["alpha", "", None, None, 0.05]]},
        "sheet Discounts, row 2, from: is empty; write where the tier begins, such as 0",
    ),
    "a measure that no lot has": (
        {"Discounts": [TIERS, ["alpha", "caes", 0, None, 0.05]]},
        "sheet Discounts, row 2, on: no measure 'caes' in every lot it bids for; did you mean 'cases'?",
    ),
    # providers
    "a negative viable business": (
        {"Providers": wider(PROVIDERS, "viable", -5)},
        "sheet Providers, row 2, viable: -5.00 is not zero or above",
    ),
    "neither yes nor no": (
        {"Providers": wider(PROVIDERS, "last_resort", "perhaps")},
        "sheet Providers, row 2, last_resort: 'perhaps' is neither yes nor no; write yes or no",
    ),
    "a provider twice": (
        {"Providers": [*PROVIDERS, ["alpha", "Other"]]},
        "sheet Providers, row 4, provider: 'alpha' is there twice; ids are used once",
    ),
    # sheets
    "a misspelt sheet": (
        {"Discount": [TIERS, ["alpha", "", 0, None, 0.05]]},
        "sheet 'Discount' is not known; did you mean 'Discounts'?",
    ),
}
