"""The transport problem: what is here and what can be taken there, at the least total way."""

from __future__ import annotations

import numpy as np

from lotopt.engine.model.rows import Floats
from lotopt.engine.solve.highs import new_highs, run_highs


def share_out(amounts: Floats, rooms: Floats, ways: Floats) -> Floats:
    """The flow (n, m) of least total `ways` (n, m) that sends off all amounts (n,) and fills rooms (m,) alike.

    Rooms are scaled so that they take exactly what there is: each receives its fraction of the sum of amounts. One
    thread and a fixed seed, so the same input gives the same flow where several are best. Raises KeyboardInterrupt
    when interrupted, ValueError when amounts or rooms are negative, not finite or sum to 0.
    """
    import highspy

    for values in (amounts, rooms):
        if not (np.isfinite(values).all() and (values >= 0).all() and values.sum() > 0):
            raise ValueError("amounts and rooms are at least 0, and some are more")
    n, m = len(amounts), len(rooms)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n * m, n + m
    lp.col_cost_ = (ways / (float(ways.max(initial=0.0)) or 1.0)).ravel()
    lp.col_lower_, lp.col_upper_ = np.zeros(n * m), np.full(n * m, np.inf)
    # In units of the mean amount, so that the solver's absolute tolerance is small beside them.
    limits = np.concatenate([amounts / amounts.sum() * n, rooms / rooms.sum() * n])
    lp.row_lower_, lp.row_upper_ = limits, limits
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 2 * n * m + 1, 2, dtype=np.int32)
    source, target = np.divmod(np.arange(n * m), m)
    lp.a_matrix_.index_ = np.stack([source, n + target], axis=1).ravel().astype(np.int32)
    lp.a_matrix_.value_ = np.ones(2 * n * m)
    model = new_highs(threads=1, seed=1)
    model.passModel(lp)
    run = run_highs(model)
    if run.interrupted:
        raise KeyboardInterrupt
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS finds no flow: {model.modelStatusToString(model.getModelStatus())}")
    flow = np.array(model.getSolution().col_value, dtype=np.float64).reshape(n, m)
    return np.maximum(flow, 0.0) * (float(amounts.sum()) / n)
