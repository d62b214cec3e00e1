"""Compiled: random numbers whose frequencies can be tested.

The generator of the searches is a linear congruential one read modulo small numbers: its lowest bit comes back after
two million draws. A sampler draws billions, so it has SplitMix64 (Steele, Lea & Flood 2014), whose 64 bits are mixed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# unsigned all through: numba would turn a sum of signed and unsigned integers into a float
GAMMA, FIRST, SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S11, S27, S30, S31, S32 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
MASK, WHOLE = np.uint64(0xFFFFFFFF), np.uint64(0x100000000)


@njit(cache=True)
def bits(state):  # type: ignore[no-untyped-def]
    """The next 64 random bits; state (1,) unsigned."""
    state[0] += GAMMA
    z = state[0]
    z = (z ^ (z >> S30)) * FIRST
    z = (z ^ (z >> S27)) * SECOND
    return z ^ (z >> S31)


@njit(cache=True)
def below(state, count):  # type: ignore[no-untyped-def]
    """A whole number in [0, count), each exactly as likely, for count < 2**32 (Lemire 2019)."""
    many = np.uint64(count)
    found = (bits(state) >> S32) * many
    if found & MASK < many:
        least = (WHOLE - many) % many
        while found & MASK < least:
            found = (bits(state) >> S32) * many
    return np.int64(found >> S32)


@njit(cache=True)
def fraction(state):  # type: ignore[no-untyped-def]
    """A number in [0, 1), a multiple of 2**-53."""
    return np.float64(bits(state) >> S11) * 2.0**-53
