"""Slows down attempts to guess a password. Pure: the time is an argument.

Each source of an account may fail a few times; after that every further failure doubles the time in which its attempts
are refused unread. The right password, entered after that time, ends it.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

FREE_FAILURES = 3
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 60.0
FORGET_SECONDS = 600.0
REPORT_SECONDS = 60.0
"""At most one line of the log in this time for each source and account."""
ENTRIES = 4096
"""The oldest entry is forgotten beyond this number, so that many sources cannot fill the memory."""


class Account(NamedTuple):
    """Who tries: the source address, and the user; unknown users share the empty name."""

    source: str
    user: str


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last: float = 0.0
    wait_until: float = 0.0
    reported: float | None = None
    unreported: int = 0


class LoginThrottle:
    """The recent failures by account. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._failures: OrderedDict[Account, _Failures] = OrderedDict()

    def wait(self, account: Account, now: float) -> float:
        """Return for how many seconds attempts of this account are refused; 0 if one may be made now."""
        entry = self._failures.get(account)
        return 0.0 if entry is None else max(0.0, entry.wait_until - now)

    def failed(self, account: Account, now: float) -> int:
        """Record a failure. Return how many failures the log should report now; 0 for none."""
        entry = self._failures.pop(account, None)
        if entry is None or now - entry.last > FORGET_SECONDS:
            entry = _Failures()
        self._failures[account] = entry
        while len(self._failures) > ENTRIES:
            self._failures.popitem(last=False)
        entry.count += 1
        entry.last = now
        beyond = entry.count - FREE_FAILURES
        if beyond >= 0:
            entry.wait_until = now + min(FIRST_WAIT_SECONDS * 2.0 ** min(beyond, 16), LONGEST_WAIT_SECONDS)
        return self._report(entry, now)

    def refused(self, account: Account, now: float) -> int:
        """Record an attempt that was refused unread. Return how many the log should report now."""
        entry = self._failures.get(account)
        return 0 if entry is None else self._report(entry, now)

    def succeeded(self, account: Account) -> None:
        """Forget the failures of an account."""
        self._failures.pop(account, None)

    @staticmethod
    def _report(entry: _Failures, now: float) -> int:
        entry.unreported += 1
        if entry.reported is not None and now - entry.reported < REPORT_SECONDS:
            return 0
        entry.reported = now
        found, entry.unreported = entry.unreported, 0
        return found
