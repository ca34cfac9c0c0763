"""Python's garbage collector in a console that holds much and draws often.

What the console keeps is made of values that never refer back to themselves, and goes when nothing names it any more;
the collector only looks through it, which stops the screen: for most of a second where two hundred pairs are watched.
What does need it is what the toolkit leaves of a closed screen. So, in the console that runs live:

    while it starts    no collection at all
    once it watches    what was loaded is not looked through again; young objects are, in larger lots
    then               everything, when nobody has typed for a while, or when too much may have been left
"""

import gc
from dataclasses import dataclass

YOUNG, MIDDLE, OLD = 10_000, 2, 1_000_000
"""Thresholds of the three generations (gc.set_threshold); the last is one that is not reached."""
IDLE_SECONDS = 20.0
SELDOM_SECONDS = 300.0
LATEST_SECONDS = 3600.0
PAUSE_SECONDS = 2.0
MANY_SCREENS, TOO_MANY_SCREENS = 40, 100
"""A screen that was opened leaves about 2 MiB."""


def begin() -> None:
    """Collect nothing while the console is loaded: all of it stays."""
    gc.disable()


def settle() -> bool:
    """Go on after a start; whether one was begun. Without one, the collector is as it was."""
    if gc.isenabled():
        return False
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    gc.enable()
    return True


@dataclass(slots=True)
class Rounds:
    """When everything is looked through. All instants are seconds of one clock; `touched` is that of the latest key,
    `screens` how many were opened since the last round."""

    last: float
    touched: float
    screens: int = 0

    def due(self, now: float) -> bool:
        """Whether it is time: nobody waits for the screen, or it cannot wait."""
        ago, idle = now - self.last, now - self.touched
        if self.screens >= TOO_MANY_SCREENS or ago >= LATEST_SECONDS:
            return True
        return (ago >= SELDOM_SECONDS and idle >= IDLE_SECONDS) or (
            self.screens >= MANY_SCREENS and idle >= PAUSE_SECONDS
        )

    def made(self, now: float) -> None:
        """Look through everything."""
        gc.collect()
        self.last, self.screens = now, 0
