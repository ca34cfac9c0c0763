"""The garbage collector and a million leases: its pauses must not grow with what the server holds.

Leases are never garbage while the server lives, and nothing about a packet makes a reference cycle. A full collection
would look at every lease all the same, while clients wait. What has survived one is therefore set aside, so that the
next looks at what came since and no further; then many short ones cost no more than few long ones. The price: a cycle
that was in use at that moment and is dropped later is not found any more; those are a few requests of the API at most
for every full collection.
"""

import gc
from collections.abc import Mapping

_FULL = 2
_THRESHOLDS = (700, 10, 3)
"""As Python has them, but a full collection for every third of the middle ones instead of every tenth."""


def settle() -> None:
    """Set aside what is there now, and from now on what survives a full collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    if _after not in gc.callbacks:
        gc.callbacks.append(_after)


def _after(phase: str, info: Mapping[str, int]) -> None:
    if phase == "stop" and info["generation"] == _FULL:
        gc.freeze()
