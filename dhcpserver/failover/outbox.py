"""The effects of a turn, in order."""

from dhcpserver.contract.messages import CONFLICT, DETAIL, Message
from dhcpserver.failover.effects import Effect, SendTrap, log_line

__all__ = ["CONFLICT", "DETAIL", "Outbox"]


class Outbox:
    """Collects effects until the core takes them.

    Attributes:
        detail: whether single binding updates are logged. If not, their texts are not built.
    """

    __slots__ = ("_effects", "_log_settings", "detail")

    def __init__(self, log_settings: frozenset[str]) -> None:
        self._effects: list[Effect] = []
        self._log_settings = log_settings
        self.detail = DETAIL in log_settings

    def put(self, effect: Effect) -> None:
        """Add an effect."""
        self._effects.append(effect)

    def log(self, message: Message, **values: object) -> None:
        """Add a line of the catalogue. The log setting `no-SETTING` suppresses the lines of a setting."""
        if message.setting is not None and f"no-{message.setting}" in self._log_settings:
            return
        self._effects.append(log_line(message, **values))

    def trap(self, kind: str, **fields: object) -> None:
        """Add a notification."""
        self._effects.append(SendTrap(kind, tuple(fields.items())))

    def take(self) -> list[Effect]:
        """Return the collected effects and forget them."""
        effects, self._effects = self._effects, []
        return effects
