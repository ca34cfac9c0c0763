"""What the server counted since it started; read by the API and the metrics."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """DHCPv4 packets by what became of them.

    Attributes:
        received: messages by type name, BOOTP included.
        sent: replies by type name.
        dropped: messages that got no answer, by reason.
    """

    received: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)

    def drop(self, reason: str) -> None:
        """Count a message that gets no answer."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1
