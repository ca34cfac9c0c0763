"""Python's garbage collector in a console that holds much and draws often.

The console's own objects have no reference cycles and are freed without the collector. A full collection stops the
screen, for most of a second with two hundred pairs. Only closed screens of the toolkit need it. In the live console:

    during the start    no collection
    afterwards          loaded objects are frozen; young objects are collected in larger lots
    full collections    when no key was pressed for a while, or when much garbage may have gathered
"""

import gc
from dataclasses import dataclass

YOUNG, MIDDLE, OLD = 10_000, 2, 1_000_000
"""Thresholds of the three generations (gc.set_threshold); the last is never reached."""
IDLE_SECONDS = 20.0
SELDOM_SECONDS = 300.0
LATEST_SECONDS = 3600.0
PAUSE_SECONDS = 2.0
MANY_SCREENS, TOO_MANY_SCREENS = 40, 100
"""A closed screen leaves about 2 MiB."""


def begin() -> None:
    """Disable collection while the console is loaded."""
    gc.disable()


def settle() -> bool:
    """End the start: freeze what was loaded. Return False, and change nothing, where `begin` was not called."""
    if gc.isenabled():
        return False
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    gc.enable()
    return True


@dataclass(slots=True)
class Rounds:
    """When to run a full collection. Times are seconds of one clock; `touched` is that of the latest key, `screens` the
    number of screens opened since the last collection."""

    last: float
    touched: float
    screens: int = 0

    def due(self, now: float) -> bool:
        """Whether a collection is due: no key was pressed lately, or it cannot be postponed."""
        ago, idle = now - self.last, now - self.touched
        if self.screens >= TOO_MANY_SCREENS or ago >= LATEST_SECONDS:
            return True
        return (ago >= SELDOM_SECONDS and idle >= IDLE_SECONDS) or (
            self.screens >= MANY_SCREENS and idle >= PAUSE_SECONDS
        )

    def made(self, now: float) -> None:
        """Run a full collection."""
        gc.collect()
        self.last, self.screens = now, 0
