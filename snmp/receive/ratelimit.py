"""A limit for the notifications per second of one source: a token bucket each, in a bounded table."""

from collections import OrderedDict

MAXIMUM_SOURCES = 4_096
_FIRST_OF_KIND_SECONDS = 60.0


class RateLimit:
    """Decides which notifications are accepted.

    The first notification of a kind from a source is always accepted, once a minute. So a new kind of notification gets
    through during a storm.
    """

    def __init__(self, per_second: float, burst_seconds: float = 2.0) -> None:
        """`per_second` 0: no limit."""
        self._rate = per_second
        self._burst = max(1.0, per_second * burst_seconds)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._firsts: OrderedDict[tuple[str, bytes], float] = OrderedDict()

    def allows(self, host: str, kind: bytes, now: float) -> bool:
        """Whether a notification of that kind from `host` is accepted at `now`, monotonic seconds."""
        if not self._rate:
            return True
        tokens, at = self._buckets.pop(host, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._rate)
        allowed = tokens >= 1.0
        self._buckets[host] = (tokens - 1.0 if allowed else tokens, now)
        if len(self._buckets) > MAXIMUM_SOURCES:
            self._buckets.popitem(last=False)
        return self._is_first(host, kind, now) or allowed

    def _is_first(self, host: str, kind: bytes, now: float) -> bool:
        key = (host, kind)
        since = self._firsts.get(key)
        if since is not None and now - since < _FIRST_OF_KIND_SECONDS:
            return False
        self._firsts[key] = now
        self._firsts.move_to_end(key)
        if len(self._firsts) > MAXIMUM_SOURCES:
            self._firsts.popitem(last=False)
        return True
