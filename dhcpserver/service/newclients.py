"""How many new clients each pool had recently. A forecast of when a pool is empty is based on it."""

from collections import deque

WINDOW_MINUTES = 15


class NewClients:
    """Counts new clients by the minute."""

    __slots__ = ("_minutes",)

    def __init__(self) -> None:
        self._minutes: dict[str, deque[tuple[int, int]]] = {}

    def record(self, pool: str, total: int, now: float) -> None:
        """Record that the pool has had `total` new clients since start; to be called every minute or more often."""
        minutes = self._minutes.setdefault(pool, deque([(int(now // 60) - 1, 0)]))
        minute = int(now // 60)
        if minutes[-1][0] == minute:
            minutes[-1] = (minute, total)
        else:
            minutes.append((minute, total))
        while len(minutes) > 1 and minutes[1][0] <= minute - WINDOW_MINUTES:
            minutes.popleft()

    def shift(self, step: float) -> None:
        """Follow a step of the clock, to the minute."""
        minutes = round(step / 60)
        for name, found in self._minutes.items():
            self._minutes[name] = deque((minute + minutes, total) for minute, total in found)

    def recent(self, pool: str, now: float) -> int:
        """Return the new clients of the last 15 minutes, or since start if that is less."""
        minutes = self._minutes.get(pool)
        if not minutes:
            return 0
        oldest = int(now // 60) - WINDOW_MINUTES
        base = next((total for minute, total in reversed(minutes) if minute <= oldest), minutes[0][1])
        return minutes[-1][1] - base
