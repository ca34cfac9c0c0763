"""When the main dials: at the start, after a connection or an attempt ended, and never while it has a connection."""

import random

from dhcpserver.failover.effects import Dial
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings

RETRY_SPREAD = 0.2
"""Attempts are this much earlier or later at random, so that two servers do not stay in step."""


class Dialling:
    """The attempts of one endpoint to connect. A backup makes none.

    Attributes:
        at: when the next attempt is due, Unix seconds; None if none is.
    """

    def __init__(self, settings: PairSettings, outbox: Outbox, entropy: random.Random) -> None:
        self._settings = settings
        self._outbox = outbox
        self._entropy = entropy
        self._running = False
        self._stopped = False
        self.at: float | None = None

    def start(self, now: float) -> None:
        """Make the first attempt now."""
        if self._settings.main:
            self.at = now

    def shift_clock(self, step: float, now: float) -> None:
        """Follow a step of this server's clock, and try at once if the wrong time may have kept it apart."""
        if self.at is not None:
            self.at = min(self.at + step, now)

    def connected(self) -> None:
        """Handle that an attempt has led to a connection."""
        self._running = False
        self.at = None

    def failed(self, now: float) -> None:
        """Handle that an attempt has failed."""
        self._running = False
        self.retry(now, None)

    def retry(self, now: float, after: float | None) -> None:
        """Make the next attempt in about so many seconds; None for `connect-retry`."""
        if self._settings.main and not self._stopped:
            seconds = self._settings.connect_retry if after is None else after
            self.at = now + seconds * (1 + RETRY_SPREAD * (2 * self._entropy.random() - 1))

    def stop(self) -> None:
        """Make no more attempts."""
        self._stopped = True
        self.at = None

    def tick(self, now: float, *, connected: bool) -> None:
        """Make an attempt if it is due. `connected`: whether there is any connection."""
        if self.at is None or now < self.at:
            return
        self.at = None
        if not connected and not self._running:
            self._running = True
            self._outbox.put(Dial())
