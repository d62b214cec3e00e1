"""Coherence held against others' code: scikit-learn for the scores, pandas for the counts.

Maps are random, or the historical designs of England and Wales against each of its layers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lotopt as lo
from lotopt.design.design import LotDesign
from lotopt.territory.coherence import LayerCoherence, coherence
from lotopt.territory.parts import Ints
from lotopt.territory.territory import Territory
from tests.conftest import Drawn

metrics = pytest.importorskip("sklearn.metrics")

ENGLAND = lo.load_territory("england-wales")
CASES = [(design, layer) for design in sorted(ENGLAND.designs) for layer in sorted(ENGLAND.layers)]


class Counted(Drawn):
    """Areas with whole cases, each in a lot and, but for some, in an agency."""

    @property
    def found(self) -> LayerCoherence:
        return coherence(self.territory, self.of, self.lots, "cases")["police"]

    @property
    def frame(self) -> pd.DataFrame:
        """One row per area in an agency."""
        layer = self.territory.layer("police")
        frame = pd.DataFrame(
            {"lot": [self.lots[k] for k in self.of], "agency": layer.of, "cases": self.territory.measure("cases")}
        )
        return frame[frame["agency"] >= 0]


@st.composite
def drawn(draw: st.DrawFn) -> Counted:
    """Up to forty areas, twelve lots, twelve agencies; areas without cases or agency, and lots without areas."""
    n = draw(st.integers(1, 40))
    agencies = draw(st.lists(st.sampled_from(["", *"ABCDEFGHIJKL"]), min_size=n, max_size=n))
    cases = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    count = draw(st.integers(1, 12))
    of = draw(st.lists(st.integers(0, count - 1), min_size=n, max_size=n))
    columns = {"area": [f"a{i:02}" for i in range(n)], "cases": cases, "police": agencies}
    territory = Territory.from_tables(columns, measures=["cases"], layers=["police"])
    return Counted(territory, np.array(of, dtype=np.int64), tuple(f"L{k}" for k in range(count)))


def weighed(frame: pd.DataFrame) -> pd.DataFrame:
    """What is weighed by: the cases, and areas alike where there is none."""
    return frame if frame["cases"].sum() > 0 else frame.assign(cases=1)


@settings(max_examples=300, deadline=None)
@given(drawn())
def test_scores_are_those_of_scikit_learn_case_by_case(case: Counted) -> None:
    """Every case is a sample, its agency the class and its lot the cluster."""
    frame = weighed(case.frame)
    cases = frame.loc[frame.index.repeat(frame["cases"].astype(int))]
    found = case.found
    wanted = metrics.homogeneity_completeness_v_measure(cases["agency"], cases["lot"])
    assert (found.homogeneity, found.completeness, found.v_measure) == pytest.approx(wanted, abs=1e-9)


def scores(agency: Ints, lot: Ints, weight: np.ndarray) -> tuple[float, float, float]:
    """The scores from scikit-learn's mutual information of the table of contingency, whatever the weights."""
    table = pd.crosstab(agency, lot, weight, aggfunc="sum").fillna(0.0).to_numpy()
    shared = metrics.mutual_info_score(None, None, contingency=table)
    # the information that a division shares with itself is its entropy
    entropies = [metrics.mutual_info_score(None, None, contingency=np.diag(table.sum(axis=axis))) for axis in (1, 0)]
    homogeneous, complete = (shared / entropy if entropy > 1e-15 else 1.0 for entropy in entropies)
    both = homogeneous + complete
    return homogeneous, complete, 2 * homogeneous * complete / both if both > 0 else 0.0


@pytest.mark.parametrize(("design", "layer"), CASES)
@pytest.mark.parametrize("measure", sorted(ENGLAND.measures))
def test_scores_of_historical_designs(design: str, layer: str, measure: str) -> None:
    """Six designs, ten layers, three measures, from the contingency of millions of people."""
    plan = LotDesign.from_partition(ENGLAND, ENGLAND.design(design))
    found = lo.coherence(plan, measure)[layer]
    wanted = scores(ENGLAND.layer(layer).of, plan.of, ENGLAND.measure(measure))
    assert (found.homogeneity, found.completeness, found.v_measure) == pytest.approx(wanted, abs=1e-9)


def counts(frame: pd.DataFrame, lots: tuple[str, ...]) -> dict[str, object]:
    """Every count of a layer, from groups of rows; `cases` weighs the whole share."""
    pairs = frame.groupby(["lot", "agency"], as_index=False)["cases"].sum()
    per_lot = pairs.groupby("lot")["agency"].nunique().reindex(list(lots), fill_value=0)
    per_agency = pairs.groupby("agency")["lot"].nunique()
    whole = frame["agency"].map(per_agency) == 1
    total = frame["cases"].sum()
    return {
        "agencies": frame["agency"].nunique(),
        "interfaces": len(pairs),
        "splits": len(pairs) - frame["agency"].nunique(),
        "straddles": int((per_lot >= 2).sum()),
        "span": tuple(per_lot),
        "largest_span": int(per_lot.max()),
        "largest_lots_per_agency": int(per_agency.max()) if len(per_agency) else 0,
        "whole_share": pytest.approx(frame.loc[whole, "cases"].sum() / total if total > 0 else 1.0),
        "straddling_lots": tuple(lot for lot in lots if per_lot[lot] >= 2),
    }


def told(found: LayerCoherence, wanted: dict[str, object]) -> dict[str, object]:
    return {name: getattr(found, name) for name in wanted}


@settings(max_examples=300, deadline=None)
@given(drawn())
def test_counts_are_those_of_groups(case: Counted) -> None:
    """Interfaces, splits, straddles, spans, lots per agency and whole share, from pandas."""
    wanted = counts(weighed(case.frame), case.lots)
    assert told(case.found, wanted) == wanted


@settings(max_examples=100, deadline=None)
@given(drawn())
def test_agencies_that_are_split_are_named(case: Counted) -> None:
    """Those that two or more lots hold a part of, and how many lots each deals with."""
    layer, per = case.territory.layer("police"), case.frame.groupby("agency")["lot"].nunique()
    assert case.found.split_agencies == tuple(layer.name_of(k) for k in sorted(per[per >= 2].index))
    assert case.found.lots_per_agency == tuple(per.reindex(range(len(layer.agencies)), fill_value=0))


@pytest.mark.parametrize(("design", "layer"), CASES)
def test_counts_of_historical_designs(design: str, layer: str) -> None:
    """Six designs, ten layers."""
    plan = LotDesign.from_partition(ENGLAND, ENGLAND.design(design))
    frame = pd.DataFrame(
        {
            "lot": [plan.name_of(k) for k in plan.of],
            "agency": ENGLAND.layer(layer).of,
            "cases": ENGLAND.measure("population"),
        }
    )
    wanted = counts(frame, tuple(plan.name_of(k) for k in range(len(plan))))
    found = lo.coherence(plan, "population")[layer]
    assert told(found, wanted) == wanted


@settings(max_examples=100, deadline=None)
@given(drawn())
def test_scores_say_whether_boundaries_agree(case: Counted) -> None:
    """Where every area counts: complete means no split, homogeneous no straddle, a V-measure of 1 both."""
    territory = Territory.from_tables(
        {
            "area": case.territory.ids,
            "cases": [1] * len(case.of),
            "police": [
                case.territory.layer("police").agencies[a] if a >= 0 else ""
                for a in case.territory.layer("police").of
            ],
        },
        measures=["cases"],
        layers=["police"],
    )
    found = coherence(territory, case.of, case.lots, "cases")["police"]
    assert (found.completeness == 1.0) == (found.splits == 0)
    assert (found.homogeneity == 1.0) == (found.straddles == 0)
    assert (found.v_measure == 1.0) == (found.splits == found.straddles == 0)
    assert (found.whole_share == 1.0) == (found.splits == 0)
