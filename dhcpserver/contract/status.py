"""`GET /api/v1/status`: all that a dashboard needs, in one document (docs/http-api.md)."""

from dhcpserver.contract.fields import Count, Document, Time
from dhcpserver.contract.pair import PairStatus


class LeaseReceiver(Document):
    """A webhook or syslog receiver of lease events: their number since start, and why it receives none (`fault`)."""

    to: str
    sent: Count
    dropped: Count
    waiting: Count
    fault: str | None = None


class MessageCounts(Document):
    """Messages since the server started: received and sent by type, and those without an answer by reason."""

    received: dict[str, Count]
    sent: dict[str, Count]
    dropped: dict[str, Count]


class ServerStatus(Document):
    """The server process. `uid` is the identity of its data directory, in hexadecimal.

    `deaf_listeners`: the interfaces and addresses on which no packet can be received at present, each with the reason.
    `dns_updates`: the same as `lease_receivers` for each DNS server (`dns-update-config`).
    `extensions`: how often each extension answered, failed and was late, by its name, since start.
    `ldap`: the same for questions about clients, with those without an entry (`unknown`), and those that were not asked
    because of a failure before.
    """

    name: str | None = None
    product: str | None = None
    started: Time | None = None
    uid: str | None = None
    serving: bool
    not_serving_reason: str | None = None
    reload_pending: bool | None = None
    configuration_changed: Time | None = None
    configuration_read: Time | None = None
    failover_recover: Time | None = None
    deaf_listeners: dict[str, str] | None = None
    lease_receivers: tuple[LeaseReceiver, ...] | None = None
    dhcp4_messages: MessageCounts | None = None
    dhcp6_messages: MessageCounts | None = None
    dns_updates: tuple[LeaseReceiver, ...] | None = None
    extensions: dict[str, dict[str, Count]] | None = None
    ldap: dict[str, Count] | None = None


class StatusDocument(Document):
    """The whole answer. `version` grows with every change of a pool; `at` is the server's clock."""

    version: Count | None = None
    at: Time
    server: ServerStatus
    pairs: tuple[PairStatus, ...]
