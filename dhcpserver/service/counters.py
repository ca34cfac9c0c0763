"""What the server counts from its start; the API and the metrics read it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Messages and replies of one family.

    Attributes:
        received: messages by type name, BOOTP included.
        sent: replies by type name.
        dropped: messages without a reply, by reason.
    """

    received: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)

    def send(self, name: str) -> None:
        """Count a reply."""
        self.sent[name] = self.sent.get(name, 0) + 1

    def drop(self, reason: str) -> None:
        """Count a message that gets no reply."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1
