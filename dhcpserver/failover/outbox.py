"""The effects of a turn, in order."""

from dhcpserver.failover.effects import Effect, LogLine, SendTrap

DETAIL = "failover-detail"
CONFLICT = "failover-conflict"


class Outbox:
    """Collects effects until the core takes them.

    Attributes:
        detail: whether anybody reads single updates; their texts are not made otherwise.
    """

    __slots__ = ("_effects", "_log_settings", "detail")

    def __init__(self, log_settings: frozenset[str]) -> None:
        self._effects: list[Effect] = []
        self._log_settings = log_settings
        self.detail = DETAIL in log_settings

    def put(self, effect: Effect) -> None:
        """Add one."""
        self._effects.append(effect)

    def log(self, number: int, level: str, text: str, setting: str | None = None) -> None:
        """Add a line for the log. A setting named `no-...` in the server's log settings suppresses its lines."""
        if setting is not None and f"no-{setting}" in self._log_settings:
            return
        self._effects.append(LogLine(number, level, text, setting))

    def trap(self, kind: str, **fields: object) -> None:
        """Add a notification."""
        self._effects.append(SendTrap(kind, tuple(fields.items())))

    def take(self) -> list[Effect]:
        """All that was collected; forgets it."""
        effects, self._effects = self._effects, []
        return effects

    def __bool__(self) -> bool:
        return bool(self._effects)
