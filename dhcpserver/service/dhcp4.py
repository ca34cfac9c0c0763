"""DHCPv4: one client message in, at most one reply out (RFC 2131 section 4.3).

The order of every decision: parse the message, find the client's network, check whether failover allows this server to
answer this kind of message (`Partnership.answers`), then decide about the lease. A message that is not answered changes
no lease. Leases are changed only through the book, so that they are on disk before the reply is sent.
"""

from collections.abc import Callable
from ipaddress import IPv4Address

from dhcpserver.contract import messages
from dhcpserver.failover.partnership import Partnership
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status
from dhcpserver.service import replies
from dhcpserver.service.answers import Answers
from dhcpserver.service.bindings import Bindings
from dhcpserver.service.candidates import Candidates
from dhcpserver.service.clients import Clients
from dhcpserver.service.counters import Counters
from dhcpserver.service.dns.follower import DnsFollower
from dhcpserver.service.guidance import NO_GUIDANCE, Guidance
from dhcpserver.service.identifiers import Identifiers
from dhcpserver.service.leasequery import LeaseQuery
from dhcpserver.service.notices import Notices
from dhcpserver.service.packetlog import PacketLog
from dhcpserver.service.plan import Network, Plan, PoolPlan
from dhcpserver.service.portlimit import PortLimits
from dhcpserver.service.probing import Probing
from dhcpserver.service.query import Arrival, Query, Reply
from dhcpserver.service.relays import Relays
from dhcpserver.service.requests import Requests
from dhcpserver.service.reservations import Reservations
from dhcpserver.service.unanswered import Unanswered
from dhcpserver.service.withdrawals import Withdrawals
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import BOOTREQUEST, parse
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.options4 import MessageType

Handler = Callable[[Query, Network, float], Reply | None]

_NAMES = {kind.value: f"DHCP{kind.name}" for kind in MessageType}


class Dhcp4:
    """The DHCPv4 service over one book and one partnership.

    Attributes:
        counters: what was received, sent and dropped.
        declined: declined addresses (address, hardware) for which no trap was made yet.
        log: log lines about packets.
        relays: the relays from which requests arrived recently.
        unanswered: the clients that the partner should answer.
    """

    def __init__(
        self,
        plan: Plan,
        book: Book,
        partnership: Partnership,
        counters: Counters,
        log: PacketLog,
        relays: Relays,
        notices: Notices,
        probing: Probing,
        clients: Clients,
        dns: DnsFollower,
    ) -> None:
        self._plan = plan
        self._clients = clients
        self._book = book
        self._partnership = partnership
        reservations = Reservations(plan, book, partnership)
        self._candidates = Candidates(reservations, book, partnership)
        self.counters = counters
        self.declined: list[tuple[int, bytes]] = []
        self.log = log
        self.relays = relays
        self._notices = notices
        self._limits = PortLimits(plan, book, notices)
        self._bindings = Bindings(book, partnership, notices, log, dns)
        self._probing = probing
        self.unanswered = Unanswered()
        self._identifiers = Identifiers(plan.listeners)
        self._answers = Answers(partnership, counters, log)
        self._requests = Requests(
            book,
            partnership,
            self._answers,
            reservations,
            self._candidates,
            self._bindings,
            probing,
            Withdrawals(notices),
            self._identifiers,
        )
        self._leasequery = LeaseQuery(plan, book)
        self._handlers: dict[int, Handler] = {
            0: self._bootp,
            MessageType.DISCOVER: self._discover,
            MessageType.REQUEST: self._requests.answer,
            MessageType.RELEASE: self._release,
            MessageType.DECLINE: self._decline,
            MessageType.INFORM: self._inform,
        }

    def handle(self, octets: bytes, arrival: Arrival, now: float, guidance: Guidance = NO_GUIDANCE) -> Reply | None:
        """Return the reply to one datagram, or None. Any octets are counted and none raise."""
        try:
            packet = parse(octets)
        except WireError:
            self.counters.drop("malformed")
            return None
        if packet.op != BOOTREQUEST:
            self.counters.drop("not-a-request")
            return None
        kind = packet.message_type
        received = self.counters.received
        name = _NAMES.get(kind, "BOOTP" if kind == 0 else "unknown")
        received[name] = received.get(name, 0) + 1
        query = Query(packet, arrival, guidance)
        self._identifiers.record(arrival)
        if kind == MessageType.LEASEQUERY:
            return self._lease_query(query, now)
        if query.oversized or (kind == 0 and options4.MESSAGE_TYPE in packet.options):
            self.counters.drop("malformed")
            return None
        if query.client_id is None and not packet.chaddr.strip(b"\0"):
            self.counters.drop("nameless")
            self._notices.tell(messages.NAMELESS, packet.giaddr, now, relay=IPv4Address(packet.giaddr))
            return None
        self.relays.record(packet.giaddr, query.key, now)
        if guidance.drop:
            return self._answers.silent("extension")
        handler = self._handlers.get(kind)
        if handler is None:
            self.counters.drop("unsupported")
            return None
        network = query.network(self._plan)
        if network is None:
            self.counters.drop("no-scope")
            self._notices.tell(messages.NO_SCOPE, packet.giaddr, now, relay=IPv4Address(packet.giaddr))
            return None
        if kind and (network := network.for_dhcp()) is None:
            return self._answers.silent("dhcp-off")
        if self._clients.active:
            query.profile = profile = self._clients.treated4(query, self._book)
            if profile.excluded:
                return self._answers.silent("excluded")
            if (network := self._clients.network(network, profile)) is None:
                return self._answers.silent("no-selected-scope")
        reply = handler(query, network, now)
        if reply is not None and reply.missing:
            self.log.options_left_out(query, self._answers.last, reply.missing, now)
        return reply

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._limits.shift(step)
        self.unanswered.shift(step)

    # DISCOVER

    def _discover(self, query: Query, network: Network, now: float) -> Reply | None:
        decision = self._answers.decision(MessageKind.NEW, query)
        if not decision.answer:
            self.unanswered.record(query.key, query.packet.secs, now)
            return None
        if self._limits.too_many_new_clients(query, now):
            return self._answers.silent("new-client-limit")
        found = self._find(query, network, now)
        if found is None:
            return self._answers.silent("no-address")
        plan, address = found
        lease = self._book.get(address)
        rapid = plan.commits_at_once(address, query.key, query.hardware, query.packet.options)
        if rapid and decision.alone and self._probing.passed(plan, address, now):
            return self._requests.grant(query, plan, address, now, rapid=True)
        seconds = self._partnership.lease_seconds(
            lease, plan.desired_seconds(query.packet.options.get(options4.LEASE_TIME)), now
        )
        if lease is None or lease.status is not Status.ACTIVE:
            self._book.offer(address, plan.pool, query.key, now + plan.offer_timeout)
        offer = replies.offer(query, plan, address, seconds)
        held = self._probing.holds(query, plan, lease, address, offer, now)
        return None if held else self._answers.sent("DHCPOFFER", offer)

    def _find(self, query: Query, network: Network, now: float) -> tuple[PoolPlan, int] | None:
        """Return the address to offer; what is unusual about it is logged."""
        candidates = self._candidates
        found = candidates.find(query, network, now)
        if candidates.yielded is not None:
            self._notices.tell(messages.OFFERS_YIELD, candidates.yielded, now, scope=candidates.yielded)
            candidates.yielded = None
        if found is None:
            self._bindings.reuse_abandoned(network, now)
            scopes = ", ".join(f"scope '{plan.pool.name}'" for plan in network.pools)
            self._notices.tell(messages.NO_ADDRESS, scopes, now, scopes=scopes, client=query.hardware[1:].hex(":"))
        return found

    # RELEASE, DECLINE, INFORM

    def _release(self, query: Query, network: Network, now: float) -> Reply | None:
        if not self._answers.decision(MessageKind.NAMED, query).answer:
            return None
        named_here = self._identifiers.named_by(query)
        if not named_here and not self._partnership.paired:
            return self._answers.silent("other-server")
        if not named_here and self._partnership.answers(MessageKind.NAMED, query.key).own_pool_only:
            return self._answers.silent("other-server")  # The named partner may receive it.
        lease = self._book.get(query.packet.ciaddr)
        if lease is None or lease.key != query.key or lease.status is not Status.ACTIVE:
            return self._answers.silent("unknown-client")
        self._bindings.release(lease, now)
        return None

    def _decline(self, query: Query, network: Network, now: float) -> Reply | None:
        if not self._identifiers.named_by(query):
            return self._answers.silent("other-server")
        if not self._answers.decision(MessageKind.NAMED, query).answer:
            return None
        address = query.packet.address(options4.REQUESTED_ADDRESS)
        plan = network.plan_of(address)
        lease = self._book.get(address)
        if plan is None or lease is None or lease.key != query.key or lease.status is not Status.ACTIVE:
            return self._answers.silent("unknown-client")
        if plan.ignore_declines:
            return self._answers.silent("ignored-decline")
        if self._limits.too_many_declines(query, address, now):
            return self._answers.silent("decline-limit")
        self._bindings.abandon(lease, plan, now)
        client, seconds = query.hardware[1:].hex(":"), plan.unavailable_timeout
        self._notices.tell(
            messages.DECLINED, address, now, address=IPv4Address(address), client=client, seconds=seconds
        )
        self.declined.append((address, query.hardware))
        return None

    def _inform(self, query: Query, network: Network, now: float) -> Reply | None:
        if not query.consistent(self._plan):
            return self._answers.silent("inconsistent-address")
        if not self._answers.decision(MessageKind.INFORM, query).answer:
            return None
        return self._answers.sent(
            "DHCPACK", replies.inform(query, network.plan_of(query.own_address) or network.pools[0])
        )

    # BOOTP and DHCPLEASEQUERY

    def _bootp(self, query: Query, network: Network, now: float) -> Reply | None:
        """RFC 951, RFC 1534: an infinite lease of the reserved address or, with `dynamic-bootp`, of any address."""
        if not any(plan.bootp for plan in network.pools):
            return self._answers.silent("bootp-off")
        if not self._answers.decision(MessageKind.BOOTP, query).answer:
            return None
        found = self._candidates.bootp(query, network, now)
        lease = None if found is None else self._book.record(found[1])
        if found is None or lease is None:
            return self._answers.silent("no-address")
        plan, address = found
        if not (lease.status is Status.ACTIVE and lease.key == query.key and lease.bootp):
            if self._probing.holds_bootp(query, plan, lease, now):
                self._book.offer(address, plan.pool, query.key, now + plan.offer_timeout)
                return None
            self._bindings.grant_bootp(query, plan, lease, now)
        return self._answers.sent("BOOTREPLY", replies.bootp(query, plan, address))

    def _lease_query(self, query: Query, now: float) -> Reply | None:
        if not self._plan.leasequery_from(query.packet.giaddr):
            return self._answers.silent("leasequery-off")
        if self._limits.too_many_queries(query.packet.giaddr, now):
            return self._answers.silent("leasequery-limit")
        if not self._answers.decision(MessageKind.LEASEQUERY, query).answer:
            return None
        answer = self._leasequery.answer(query, now)
        return self._answers.silent(answer) if isinstance(answer, str) else self._answers.sent(*answer)
