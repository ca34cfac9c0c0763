"""RECONFIGURE: the server has clients renew, rebind or request their configuration (RFC 8415 sections 18.3.11, 20.4).

A client that accepts it gets a key with each REPLY, where the policy has `reconfigure`, and the lease has a mark of
that. The key follows from a secret of this server and the DUID of the client, so none is stored. It is not sent to the
partner, which has a secret of its own: after a takeover the client gets the partner's key with its first reply, and
from then on the partner can reconfigure it.

The message goes back through the relays that are stored with the lease. It is sent until the client answers with what
was requested, at most eight times. Of many clients, those of a prefix, a bounded number is asked at a time.
"""

import hashlib
import hmac
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dhcpserver.contract import messages
from dhcpserver.failover.errors import OperatorError
from dhcpserver.failover.partnership import Partnership
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.leases import keys
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease
from dhcpserver.limits import DHCP6_CLIENT_PORT, DHCP6_SERVER_PORT
from dhcpserver.service.counters import Counters
from dhcpserver.service.notices import Notices
from dhcpserver.service.v6.clientdata import is_bound, relays_of
from dhcpserver.service.v6.plan import Link6, Plan6
from dhcpserver.service.v6.query import Arrival6, Query6, Reply6
from dhcpserver.wire import dhcp6auth
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message, encode, encode_reply
from dhcpserver.wire.dhcp6options import MessageType6, pack_option

REC_TIMEOUT: Final = 2.0
"""Seconds to the first repetition; each further one takes twice as long (RFC 8415 section 7.6)."""
REC_MAX_RC: Final = 8
MOST_WAITING: Final = 200
"""Clients that are asked at a time."""
RECORDS_PER_TURN: Final = 500
"""Leases of a prefix that one turn looks at."""
_PATHS: Final = 10_000
_LINK_LOCAL: Final = 0x3FA
_PEER_OCTETS: Final = 16

ANSWERS: Final = frozenset((MessageType6.RENEW, MessageType6.REBIND, MessageType6.INFORMATION_REQUEST))
"""What a RECONFIGURE requests."""


class _Waiting:
    """A client that has not answered yet."""

    __slots__ = ("due", "reply", "sent", "timeout")

    def __init__(self, reply: Reply6, now: float, duid: bytes) -> None:
        self.reply = reply
        self.sent = 0
        self.due = now
        # The same for each repetition, and different for each client (section 15: between -0.1 and 0.1).
        self.timeout = REC_TIMEOUT * (0.9 + 0.2 * hashlib.sha256(duid).digest()[0] / 255)


class _Prefix(NamedTuple):
    """A prefix whose clients are asked; `patient`: also when this server begins to serve clients later."""

    records: Iterator[Lease | None]
    kind: MessageType6
    patient: bool


class Reconfigurations:
    """The clients of one server that are asked, and those that can be.

    Attributes:
        paths: where the last message of each relay arrived, by its address; and of each client without a relay that
            accepts RECONFIGURE, by its DUID.
    """

    def __init__(
        self,
        plan: Plan6,
        book: Book,
        partnership: Partnership,
        counters: Counters,
        notices: Notices,
        duid: bytes,
        secret: bytes,
    ) -> None:
        """`duid`: of this server. `secret`: octets that no client has."""
        self._plan = plan
        self._book = book
        self._partnership = partnership
        self._counters = counters
        self._notices = notices
        self._duid = duid
        self._secret = secret
        self._replay = 0
        self._waiting: dict[bytes, _Waiting] = {}
        self._prefixes: deque[_Prefix] = deque()
        self.paths: dict[int | bytes, Arrival6] = {}
        self._used = any(each.reconfigure for each in plan.prefixes.values())

    # What a client gets with a reply

    def accepted(self, query: Query6, link: Link6, now: float, *, with_key: bool) -> bytes:
        """Return the packed options for a client that accepts RECONFIGURE, none for another one."""
        message = query.message
        if not self._used or not message.reconfigure_accept or not message.ias or not link.reconfigure:
            return b""
        packed = pack_option(o6.RECONFIGURE_ACCEPT, b"")
        return packed + dhcp6auth.pack_key(self._next_replay(now), self._key(query.duid)) if with_key else packed

    def _key(self, client: bytes) -> bytes:
        return hmac.digest(self._secret, b"reconfigure" + client, "sha256")[: dhcp6auth.KEY_OCTETS]

    def _next_replay(self, now: float) -> int:
        """Return a number that grows, also over a start of the server: milliseconds, or one more than the last."""
        self._replay = max(self._replay + 1, int(now * 1000))
        return self._replay

    def arrived(self, query: Query6) -> None:
        """Note where a message came from, and whether it is what a RECONFIGURE has requested."""
        if not self._used:
            return
        arrival, message = query.arrival, query.message
        if message.relays or (arrival.multicast and message.reconfigure_accept):
            sender = arrival.source if message.relays else query.duid
            if len(self.paths) >= _PATHS and sender not in self.paths:
                del self.paths[next(iter(self.paths))]
            self.paths[sender] = arrival
        if self._waiting and message.type in ANSWERS:
            self._waiting.pop(query.duid, None)

    def continue_with(self, paths: Mapping[int | bytes, Arrival6]) -> None:
        """Take over where messages arrived before a reload, at listeners that are still there."""
        known = {sender: path for sender, path in paths.items() if path.listener < len(self._plan.listeners)}
        self.paths = known | self.paths

    # Commands

    def start_lease(self, key: int, kind: MessageType6, now: float) -> None:
        """Ask the client of an address or prefix. Raises OperatorError if it cannot be asked."""
        lease = self._book.get(key)
        if lease is None or not lease.ia or not is_bound(lease, now):
            raise OperatorError(f"{keys.text_of(key)} is not leased to a DHCPv6 client here")
        if not lease.reconfigurable:
            raise OperatorError(
                f"the client of {keys.text_of(key)} has no key of this server: its policy must have reconfigure = "
                "true, and the client must accept it; a client that the partner serves is asked there"
            )
        self._check_serves()
        if not self._ask(lease, kind, now):
            raise OperatorError(f"there is no way to the client of {keys.text_of(key)}: its relay sent nothing yet")

    def start_prefix(self, name: str, kind: MessageType6, *, patient: bool) -> None:
        """Ask all clients of a prefix that have a key. Raises OperatorError for an unknown prefix.

        `patient`: if this server does not serve clients now, they are asked when it does.
        """
        plan = self._plan.prefixes.get(name)
        if plan is None or plan.pool is None:
            raise OperatorError(f"there is no prefix {name!r} of which something is leased")
        if not plan.reconfigure:
            raise OperatorError(f"the policy of prefix {name!r} does not have reconfigure = true")
        if not patient:
            self._check_serves()
        self._prefixes.append(_Prefix(_records(self._book, plan.pool.in_order()), kind, patient))

    @property
    def _serves(self) -> bool:
        return self._partnership.answers(MessageKind.NAMED, b"").answer

    def _check_serves(self) -> None:
        decision = self._partnership.answers(MessageKind.NAMED, b"")
        if not decision.answer:
            raise OperatorError(f"this server does not serve clients now: {decision.reason}")

    # Sending

    def due(self, now: float) -> list[Reply6]:
        """Return the messages to send now."""
        if not self._waiting and not self._prefixes:
            return []
        if not self._serves:
            self._waiting.clear()
            self._prefixes = deque(each for each in self._prefixes if each.patient)
            return []
        self._next_clients(now)
        found: list[Reply6] = []
        for client, each in list(self._waiting.items()):
            if now < each.due:
                continue
            if each.sent >= REC_MAX_RC:
                del self._waiting[client]
                self._notices.tell(messages.NOT_RECONFIGURED, "", now, client=client.hex(":"))
                continue
            found.append(each.reply)
            self._counters.send(MessageType6.RECONFIGURE.name)
            each.sent += 1
            each.due = now + each.timeout
            each.timeout *= 2
        return found

    def _next_clients(self, now: float) -> None:
        """Ask further clients of the prefixes."""
        left = RECORDS_PER_TURN
        while self._prefixes and len(self._waiting) < MOST_WAITING and left:
            records, kind, _ = self._prefixes[0]
            for lease in records:
                left -= 1
                if lease is not None and lease.reconfigurable and is_bound(lease, now):
                    self._ask(lease, kind, now)
                if not left or len(self._waiting) >= MOST_WAITING:
                    return
            self._prefixes.popleft()

    def next_deadline(self) -> float | None:
        """Return when `due` has something to do, Unix seconds; None for never."""
        if self._prefixes and len(self._waiting) < MOST_WAITING and self._serves:
            return 0.0
        return min((each.due for each in self._waiting.values()), default=None)

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        for each in self._waiting.values():
            each.due += step

    def _ask(self, lease: Lease, kind: MessageType6, now: float) -> bool:
        """Begin to ask the client of a lease; return whether there is a way to it."""
        client = lease.client_id or b""
        if client in self._waiting:
            return True
        packed = pack_option(o6.SERVER_ID, self._duid) + pack_option(o6.CLIENT_ID, client)
        packed += pack_option(o6.RECONFIGURE_MESSAGE, bytes((kind,)))
        octets = dhcp6auth.sign(encode(MessageType6.RECONFIGURE, 0, packed), self._next_replay(now), self._key(client))
        reply = self._relayed(lease, octets) if lease.relay_info is not None else self._direct(lease, octets)
        if reply is None:
            return False
        self._waiting[client] = _Waiting(reply, now, client)
        return True

    def _relayed(self, lease: Lease, octets: bytes) -> Reply6 | None:
        """Return the message through the relays of a lease."""
        assert lease.relay_info is not None
        hops = relays_of(lease)
        relay = int.from_bytes(lease.relay_info[:_PEER_OCTETS], "big")
        path = self.paths.get(relay)
        own_port = bool(hops) and hops[-1].get(o6.RELAY_PORT) is not None
        if not hops or (path is None and (own_port or relay >> 118 == _LINK_LOCAL)):
            return None
        wrapped = encode_reply(Message(MessageType6.RECONFIGURE, 0, (), hops), octets[0], octets[4:])
        if path is None:
            return Reply6(wrapped, 0, relay, DHCP6_SERVER_PORT, 0)
        port = path.source_port if own_port else DHCP6_SERVER_PORT
        return Reply6(wrapped, path.listener, relay, port, path.scope_id)

    def _direct(self, lease: Lease, octets: bytes) -> Reply6 | None:
        """Return the message to the address that the client sends from, else to the one that it has leased."""
        path = self.paths.get(lease.client_id or b"")
        if path is not None:
            return Reply6(octets, path.listener, path.source, DHCP6_CLIENT_PORT, path.scope_id)
        if keys.kind_of(lease.address) is not keys.Kind.ADDRESS6:
            return None
        listener = self._plan.listener_of(lease.pool.name)
        return Reply6(octets, listener, keys.value_of(lease.address), DHCP6_CLIENT_PORT, 0)


def _records(book: Book, recorded: Sequence[int]) -> Iterator[Lease | None]:
    """Iterate over the leases of a pool, while further ones are added."""
    place = 0
    while place < len(recorded):
        yield book.get(recorded[place])
        place += 1
