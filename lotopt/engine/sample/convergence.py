"""Whether several chains agree, and how many independent draws theirs are worth."""

from __future__ import annotations

import math

import numpy as np

from lotopt.engine.model.program import Floats, Ints


def halves(values: Floats, chain: Ints) -> Floats:
    """The draws of every chain in two halves (2 x chains, length), all cut to the length of the shortest.

    `values` (count,) in the order in which they were drawn, `chain` (count,) which chain each is from.
    """
    draws = [values[chain == c] for c in np.unique(chain)]
    length = min((len(found) // 2 for found in draws), default=0)
    parts = [part for found in draws for part in (found[:length], found[len(found) - length :])]
    return np.array(parts, dtype=np.float64).reshape(len(parts), length)


def split_rhat(values: Floats, chain: Ints) -> float:
    """How much wider the draws of all chains spread than those of each half of a chain: 1 where they agree.

    Split R-hat (Gelman et al. 2013, section 11.4). NaN for fewer than four draws of a chain; 1 where all values are
    the same, infinite where each half stands still and halves differ.
    """
    parts = halves(values, chain)
    if parts.shape[1] < 2:
        return math.nan
    if parts.min() == parts.max():
        return 1.0
    within, over = _spreads(parts)
    if within == 0.0:
        return math.inf
    return math.sqrt(over / within)


def effective_size(values: Floats, chain: Ints) -> float:
    """How many independent draws give the mean of a statistic as exactly as these (Vehtari et al. 2021, section 3.2).

    Autocorrelations of the halves of all chains, summed up by Geyer's (1992) initial monotone sequence; chains that
    disagree count as correlated. At most the number of draws times its logarithm (of base 10); NaN for fewer than
    four draws of a chain; the number of draws where all values are the same.
    """
    parts = halves(values, chain)
    count, length = parts.shape
    if length < 2:
        return math.nan
    if parts.min() == parts.max():
        return float(len(values))
    within, over = _spreads(parts)
    if within == 0.0:
        return 1.0
    lagged = np.mean([_autocovariance(part) for part in parts], axis=0)
    rho = 1.0 - (within - lagged * length / (length - 1)) / over
    rho[0] = 1.0
    total, last = 0.0, math.inf
    for t in range(0, length - 1, 2):
        pair = float(rho[t] + rho[t + 1])
        if pair < 0.0:
            break
        last = min(last, pair)
        total += last
    draws = count * length
    return float(draws / max(2.0 * total - 1.0, 1.0 / math.log10(draws)))


def _spreads(parts: Floats) -> tuple[float, float]:
    """Variance within the parts, and the estimate of the variance of all from within and between them."""
    length = parts.shape[1]
    within = float(parts.var(axis=1, ddof=1).mean())
    between = float(parts.mean(axis=1).var(ddof=1))
    return within, within * (length - 1) / length + between


def _autocovariance(values: Floats) -> Floats:
    """Autocovariance at every lag, divided by the number of values."""
    n = len(values)
    padded = np.fft.rfft(values - values.mean(), 2 * n)
    return np.asarray(np.fft.irfft(np.abs(padded) ** 2, 2 * n)[:n] / n)
