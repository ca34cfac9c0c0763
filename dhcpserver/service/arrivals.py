"""How many clients got a first address in each pool lately: what a forecast of a pool's end rests on."""

from collections import deque

WINDOW_MINUTES = 15


class Arrivals:
    """Counts newcomers by the minute."""

    __slots__ = ("_minutes",)

    def __init__(self) -> None:
        self._minutes: dict[str, deque[tuple[int, int]]] = {}

    def note(self, pool: str, total: int, now: float) -> None:
        """The pool has seen `total` newcomers by now; to be said at least once a minute for a pool that changes."""
        minutes = self._minutes.setdefault(pool, deque([(int(now // 60) - 1, 0)]))
        minute = int(now // 60)
        if minutes[-1][0] == minute:
            minutes[-1] = (minute, total)
        else:
            minutes.append((minute, total))
        while len(minutes) > 1 and minutes[1][0] <= minute - WINDOW_MINUTES:
            minutes.popleft()

    def recent(self, pool: str, now: float) -> int:
        """Newcomers of the last 15 minutes (of the time since start, where that is shorter)."""
        minutes = self._minutes.get(pool)
        if not minutes:
            return 0
        oldest = int(now // 60) - WINDOW_MINUTES
        base = next((total for minute, total in reversed(minutes) if minute <= oldest), minutes[0][1])
        return minutes[-1][1] - base
