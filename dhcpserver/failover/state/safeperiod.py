"""The safe period: how long an interruption lasts before PARTNER-DOWN is entered automatically (R-137, R-139, R-144).

This object owns every fact about it. The settings give the first values; an operator may change them until the next
start. Texts, the view and the state machine read them here and never from the settings.
"""

from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.timers import Timer, Timers


class SafePeriod:
    """The safe period of one endpoint.

    Attributes:
        in_use: whether PARTNER-DOWN is entered automatically.
        seconds: its length, counted from the loss of contact.
        strict: whether the automatic PARTNER-DOWN counts MCLT from its own start, not from the loss of contact.
    """

    __slots__ = ("_since", "_timers", "in_use", "seconds", "strict")

    def __init__(self, settings: PairSettings, timers: Timers) -> None:
        self._timers = timers
        self._since: float | None = None
        self.in_use = settings.use_safe_period
        self.seconds = settings.safe_period
        self.strict = settings.safe_period_strict

    @property
    def ends(self) -> float | None:
        """When PARTNER-DOWN is entered automatically, Unix seconds; None if that is not pending."""
        return self._timers.until(Timer.SAFE_PERIOD)

    def start(self, since: float) -> None:
        """Count from `since`, when contact was lost; nothing changes if the safe period already counts."""
        if self._since is None:
            self._since = since
            self._schedule()

    def shift_clock(self, step: float) -> None:
        """Follow a step of this server's clock, which has moved the timer already."""
        if self._since is not None:
            self._since += step

    def stop(self) -> None:
        """Stop counting: contact was established, or the state that counts it was left."""
        self._since = None
        self._timers.stop(Timer.SAFE_PERIOD)

    def switch(self, in_use: bool) -> None:
        """Use the safe period or not. If contact is lost now, it counts from the loss of contact."""
        self.in_use = in_use
        self._schedule()

    def set_length(self, seconds: int) -> None:
        """Change the length. If contact is lost now, it still counts from the loss of contact."""
        self.seconds = seconds
        self._schedule()

    def over_with(self, seconds: int, now: float) -> float | None:
        """Return for how long contact is lost if a safe period of that length would be over by now; else None."""
        if self._since is None or self._since + seconds > now:
            return None
        return now - self._since

    def partner_down_time(self, interrupted_since: float, now: float) -> float:
        """Return the time from which an automatic PARTNER-DOWN counts MCLT."""
        return now if self.strict else interrupted_since

    def _schedule(self) -> None:
        if self._since is not None and self.in_use:
            self._timers.set(Timer.SAFE_PERIOD, self._since + self.seconds)
        else:
            self._timers.stop(Timer.SAFE_PERIOD)
