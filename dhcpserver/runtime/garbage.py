"""Settings of the garbage collector, so that its pauses do not grow with the number of leases.

Leases are never garbage while the server runs, and handling a packet creates no reference cycles. But a full collection
would examine every lease while clients wait. So objects that survived a full collection are frozen, and the next one
examines newer objects only. The price: a cycle that was in use during a full collection is never freed. These are the
objects of a few API requests at most for each full collection.
"""

import gc
from collections.abc import Mapping

_FULL = 2
_THRESHOLDS = (700, 10, 3)
"""Python's defaults, but with a full collection after three collections of the middle generation instead of ten."""


def freeze_objects() -> None:
    """Freeze all present objects, and from now on those that survive a full collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    if _freeze_survivors not in gc.callbacks:
        gc.callbacks.append(_freeze_survivors)


def _freeze_survivors(phase: str, info: Mapping[str, int]) -> None:
    if phase == "stop" and info["generation"] == _FULL:
        gc.freeze()
