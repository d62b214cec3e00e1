"""How much memory this process holds, and how much a solver may take on top of it."""

from __future__ import annotations

import sys
from pathlib import Path

# bytes that one run of HiGHS may add: beyond it the run is stopped, and its best plan and bound so far are kept
CEILING = 2 * 2**30


def held() -> int:
    """Bytes resident now; where the system does not tell, the most there have been, or 0."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return _most_held()
    import resource

    return pages * resource.getpagesize()


def _most_held() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most if sys.platform == "darwin" else most * 1024)
