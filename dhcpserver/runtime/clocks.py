"""The two clocks of the machine, read together."""

import time

from dhcpserver.service.turn import Moment

CLOCK_SECONDS = 0.001
"""Within this time both clocks are read; a reading that took longer is repeated."""


def read_clocks() -> Moment:
    """Return the time by both clocks. An interruption between the two would look like a step of the clock."""
    for _ in range(5):
        before = time.monotonic()
        wall = time.time()
        steady = time.monotonic()
        if steady - before < CLOCK_SECONDS:
            break
    return Moment(wall, steady)
