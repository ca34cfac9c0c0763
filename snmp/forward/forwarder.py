"""`Forwarder`: passes received notifications on to other receivers, without delaying the caller.

A rule has a recipient and says which notifications it gets. They are passed on as received, or encoded again as SNMPv2c
or SNMPv3 with the address of their sender. Repetitions within the receiver's window are one notification.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from snmp.forward.loops import SentRecently
from snmp.mib.notification import Notification
from snmp.security.access import Networks
from snmp.send.channel import Channel, Delivery, EngineIdentity
from snmp.send.recipient import Recipient

QUEUE_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class ForwardRule:
    """A recipient, and the notifications that it gets."""

    recipient: Recipient
    as_received: bool
    """Whether the datagrams are passed on unchanged."""
    networks: tuple[str, ...] = ()
    """Where the notifications come from; empty: from anywhere."""
    oids: tuple[str, ...] = ()
    """Their OIDs, or OIDs above them; empty: all."""


@dataclass(frozen=True, slots=True)
class ForwardCounters:
    """Counts of notifications to one recipient."""

    sent: int
    failed: int
    dropped: int
    """The queue was full."""
    returned: int
    """Not forwarded again, because they had been forwarded and came back."""


class Forwarder:
    """Forwards notifications by its rules. Call `forward` from one thread; `counters` from any.

    `state_directory` has the identity of the SNMPv3 engine; it is needed for SNMPv3 recipients only.
    """

    def __init__(self, rules: Sequence[ForwardRule], state_directory: Path | None = None) -> None:
        identity = EngineIdentity(state_directory)
        self._targets = [_Target(rule, identity) for rule in rules]
        self._sent = SentRecently([rule.recipient.host for rule in rules])

    def forward(self, notification: Notification, now: float) -> None:
        """Queue the notification for the recipients that get it; `now` in monotonic seconds."""
        targets = [each for each in self._targets if each.wants(notification)]
        if not targets:
            return
        if self._sent.has(notification, now):
            for each in targets:
                each.returned += 1
            return
        self._sent.add(notification, now)
        for each in targets:
            each.channel.put(each.delivery(notification))

    def counters(self) -> dict[str, ForwardCounters]:
        """Return the counters by the recipient's name."""
        return {
            each.channel.recipient.name: ForwardCounters(
                each.channel.sent, each.channel.failed, each.channel.dropped, each.returned
            )
            for each in self._targets
        }

    def close(self, timeout: float) -> None:
        """Send what is queued for at most `timeout` seconds. What is left is dropped and counted."""
        for each in self._targets:
            each.channel.request_end()
        for each in self._targets:
            each.channel.end(timeout)


class _Target:
    """A rule with the channel to its recipient."""

    def __init__(self, rule: ForwardRule, identity: EngineIdentity) -> None:
        self._rule = rule
        self._networks = Networks(rule.networks)
        self._oids = tuple(each.strip(".") for each in rule.oids)
        self.channel = Channel(rule.recipient, (), identity, QUEUE_LIMIT)
        self.returned = 0

    def wants(self, notification: Notification) -> bool:
        oid = f"{notification.oid}."
        is_named = not self._oids or any(oid.startswith(f"{each}.") for each in self._oids)
        return is_named and notification.source[0] in self._networks

    def delivery(self, notification: Notification) -> Delivery:
        octets, bindings = notification.octets, notification.bindings
        if self._rule.as_received:
            return lambda carrier: carrier.pass_on(octets)
        return lambda carrier: carrier.relay(bindings)
