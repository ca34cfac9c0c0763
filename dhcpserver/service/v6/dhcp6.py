"""The DHCPv6 service (RFC 8415 section 18.3): one message in, at most one reply out.

Who answers is the table of failover, as for DHCPv4 (`failover.pools.answering`): SOLICIT is NEW, messages that name
this server are NAMED, REBIND and CONFIRM are for every server. A server in RECOVER-DONE answers RENEW and RELEASE of
clients with a binding.
"""

import struct
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address

from dhcpserver.contract import messages
from dhcpserver.failover.partnership import Partnership
from dhcpserver.failover.pools.answering import AnswerDecision, MessageKind
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER
from dhcpserver.limits import DHCP6_CLIENT_PORT, DHCP6_SERVER_PORT
from dhcpserver.service.clients import Clients
from dhcpserver.service.counters import Counters
from dhcpserver.service.dns.follower import DnsFollower
from dhcpserver.service.guidance import NO_GUIDANCE, Guidance
from dhcpserver.service.notices import Notices
from dhcpserver.service.packetlog import PacketLog
from dhcpserver.service.v6.associations import Associations, key_of
from dhcpserver.service.v6.choice import Choice
from dhcpserver.service.v6.drops import Drops, name_of
from dhcpserver.service.v6.leasequery import LeaseQuery6
from dhcpserver.service.v6.plan import Link6, Plan6, PrefixPlan
from dhcpserver.service.v6.query import Arrival6, Query6, Reply6
from dhcpserver.service.v6.reconfigure import Reconfigurations
from dhcpserver.service.v6.records import records_of, vss_of
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.dhcp6 import Message, encode_reply, parse
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia, pack_refused_ia
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode, pack_option, pack_status
from dhcpserver.wire.dhcp6refusal import needs_multicast, refusal
from dhcpserver.wire.errors import WireError

_U8 = struct.Struct("!HHB")
_SET_HERE = frozenset((o6.CLIENT_ID, o6.SERVER_ID, o6.STATUS_CODE, o6.RAPID_COMMIT, o6.CLIENT_FQDN, o6.SERVER_UNICAST))


class Dhcp6:
    """Answers messages.

    Attributes:
        reconfigurations: the clients that are asked to renew.
    """

    def __init__(
        self,
        plan: Plan6,
        book: Book,
        partnership: Partnership,
        counters: Counters,
        notices: Notices,
        log: PacketLog,
        duid: bytes,
        secret: bytes,
        clients: Clients,
        dns: DnsFollower,
    ) -> None:
        """`duid`: of this server. `secret`: octets that no client has; random addresses follow from it."""
        self._plan = plan
        self._clients = clients
        self._partnership = partnership
        self._counters = counters
        self._notices = notices
        self._drops = Drops(counters, notices, log)
        self._duid = duid
        self._ids = pack_option(o6.SERVER_ID, duid)
        self._choice = Choice(book, partnership, secret)
        self._associations = Associations(book, partnership, self._choice, notices, dns)
        self._queries = LeaseQuery6(plan, book, notices)
        self.reconfigurations = Reconfigurations(plan, book, partnership, counters, notices, duid, secret)

    def wait_for_new_clients(self, until: float) -> None:
        """Give nothing to new clients before `until`, Unix seconds; see Choice."""
        self._choice.new_from = until

    def handle(self, octets: bytes, arrival: Arrival6, now: float, guidance: Guidance = NO_GUIDANCE) -> Reply6 | None:
        """Return the reply to a datagram, None if there is none. No datagram raises."""
        try:
            message = parse(octets)
        except WireError as error:
            self._drops.malformed(arrival, str(error), now)
            return None
        name = name_of(message.type)
        self._counters.received[name] = self._counters.received.get(name, 0) + 1
        discard = refusal(message, self._duid, arrival.multicast)
        if discard is not None:
            self._drops.discard(message, arrival, discard, now)
            return None
        query = Query6(message, arrival, guidance)
        if message.type == MessageType6.LEASEQUERY:
            return self._lease_query(query, now)
        handler = _HANDLERS.get(message.type)
        if handler is None:
            self._drops.drop(query, "unsupported", "messages of this type are not supported", now)
            return None
        if guidance.drop:
            self._drops.drop(query, "extension", "an extension dropped it", now)
            return None
        self.reconfigurations.arrived(query)
        unicast = needs_multicast(message, arrival.multicast)
        link = self._link_of_source(arrival) if unicast else self._link(message, arrival)
        if unicast and (link is None or not link.unicast):
            return self._use_multicast(query, name, now)
        if link is None:
            self._counters.drop("no-link")
            self._notices.tell(
                messages.NO_LINK6, message.link_address or arrival.link, now, relay=_relay(message, arrival)
            )
            return None
        if self._clients.active:
            leases = (lease for ia in message.ias for lease in self._associations.bound(query, ia))
            query.profile = profile = self._clients.treated6(query, leases)
            selected = self._clients.link(link, profile)
            if profile.excluded or selected is None:
                reason = "excluded" if profile.excluded else "no-selected-prefix"
                self._drops.drop(query, reason, "its client object or class excludes it", now)
                return None
            link = selected
        return handler(self, query, link, now)

    def _link(self, message: Message, arrival: Arrival6) -> Link6 | None:
        """Return the client's link: by the relay nearest to it, by the listener, by an address of the interface."""
        vpn = self._plan.vpn_of(vss_of(message)) if self._plan.has_vpns else ""
        if vpn is None:
            return None
        if message.link_address:
            return self._plan.link_of(message.link_address, vpn)
        if arrival.link:
            return self._plan.link_named(arrival.link)
        return self._plan.link_of(arrival.address, vpn) if arrival.address else None

    def _link_of_source(self, arrival: Arrival6) -> Link6 | None:
        """Return the link of a client that sends to the server's address: past its relay, so by its own address."""
        if arrival.scope_id:
            return self._plan.link_named(arrival.link) if arrival.link else self._plan.link_of(arrival.address)
        return self._plan.link_of(arrival.source)

    def _use_multicast(self, query: Query6, name: str, now: float) -> Reply6 | None:
        """Answer a client that sends to the server's address and has no permission, where it would get an answer."""
        is_request = query.message.type == MessageType6.REQUEST
        decision = self._decide(query, MessageKind.NAMED, *(() if is_request else (MessageKind.RENEWING,)))
        if not decision.answer or (is_request and self._is_unknown(query, decision, now)):
            return None
        self._notices.tell(messages.USE_MULTICAST, query.duid, now, client=query.duid.hex(":"), kind=name)
        return self._reply(query, MessageType6.REPLY, pack_status(StatusCode.USE_MULTICAST))

    # The gate of failover

    def _decide(self, query: Query6, *kinds: MessageKind) -> AnswerDecision:
        """Return the decision of the first kind that lets this server answer, or the refusal, which is counted."""
        key = b"\2\0\0\0\0\0" + query.duid
        decision = self._partnership.answers(kinds[0], key)
        for kind in kinds[1:]:
            if decision.answer:
                break
            decision = self._partnership.answers(kind, key)
        if not decision.answer:
            self._drops.left_to_partner(query, decision.reason)
        return decision

    def _is_unknown(self, query: Query6, decision: AnswerDecision, now: float) -> bool:
        """Whether only clients with a binding are answered, and this one has none; then the message is dropped."""
        if not decision.known_only or self._known(query):
            return False
        self._drops.drop(query, "unknown-client", "this server has no binding of it", now)
        return True

    def _known(self, query: Query6) -> bool:
        return any(self._associations.bound(query, ia) for ia in query.message.ias)

    # Messages

    def _solicit(self, query: Query6, link: Link6, now: float) -> Reply6 | None:
        decision = self._decide(query, MessageKind.NEW)
        if not decision.answer or self._is_unknown(query, decision, now):
            return None
        message = query.message
        plans = link.addresses + link.delegations
        at_once = message.rapid_commit and decision.alone and any(plan.rapid_commit for plan in plans)
        packed = self._assign(query, link, now, commit=at_once)
        if at_once:
            rapid = pack_option(o6.RAPID_COMMIT, b"")
            return self._bound_reply(query, link, rapid + packed, now)
        preference = next((plan.options[o6.PREFERENCE] for plan in plans if o6.PREFERENCE in plan.options), None)
        head = b"" if preference is None else pack_option(o6.PREFERENCE, preference)
        accepted = self.reconfigurations.accepted(query, link, now, with_key=False)
        return self._reply(query, MessageType6.ADVERTISE, head + packed + self._options(query, link) + accepted)

    def _request(self, query: Query6, link: Link6, now: float) -> Reply6 | None:
        decision = self._decide(query, MessageKind.NAMED)
        if not decision.answer or self._is_unknown(query, decision, now):
            return None
        return self._bound_reply(query, link, self._assign(query, link, now, commit=True), now)

    def _assign(self, query: Query6, link: Link6, now: float, *, commit: bool) -> bytes:
        """Return the associations with what they get, or with the reason why they get nothing."""
        found: list[tuple[IA, list[IALease]]] = []
        offered: set[int] = set()
        for ia in query.message.ias:
            leases: list[IALease] = []
            if not (commit and self._off_link(link, ia)):
                for plan, key in self._associations.candidates(query, link, ia, now, offered):
                    if commit:
                        leases.append(self._associations.grant(query, plan, ia, key, now))
                    else:
                        offered.add(key)
                        leases.append(self._associations.offer(plan, key, now))
            found.append((ia, leases))
        return self._pack(query, found, lambda ia: self._nothing_for(query, link, ia, now, commit=commit))

    def _nothing_for(self, query: Query6, link: Link6, ia: IA, now: float, *, commit: bool) -> StatusCode:
        if commit and self._off_link(link, ia):
            return StatusCode.NOT_ON_LINK
        plans = link.delegations if ia.kind is IAKind.PD else link.addresses
        names = ", ".join(plan.name for plan in plans)
        self._notices.tell(messages.NO_ADDRESS6, (names, ia.kind), now, prefixes=names or "-", kind=ia.kind.name)
        return StatusCode.NO_PREFIX_AVAIL if ia.kind is IAKind.PD else StatusCode.NO_ADDRS_AVAIL

    @staticmethod
    def _off_link(link: Link6, ia: IA) -> bool:
        """Whether an association of addresses names one that does not belong to the link."""
        return ia.kind is not IAKind.PD and any(not link.on_link(lease.address) for lease in ia.leases if lease.address)

    def _confirm(self, query: Query6, link: Link6, now: float) -> Reply6 | None:
        decision = self._decide(query, MessageKind.INIT_REBOOT)
        if not decision.answer:
            return None
        asked = [lease.address for ia in query.message.ias if ia.kind is not IAKind.PD for lease in ia.leases]
        if not asked:
            self._drops.drop(query, "no-addresses", "it has no addresses to confirm", now)
            return None
        fits = all(link.on_link(address) for address in asked)
        if fits and self._is_unknown(query, decision, now):
            return None
        status = StatusCode.SUCCESS if fits else StatusCode.NOT_ON_LINK
        return self._reply(query, MessageType6.REPLY, pack_status(status))

    def _renew(self, query: Query6, link: Link6, now: float) -> Reply6 | None:
        decision = self._decide(query, MessageKind.NAMED, MessageKind.RENEWING)
        if not decision.answer:
            return None
        found: list[tuple[IA, list[IALease]]] = []
        for ia in query.message.ias:
            if self._associations.bound(query, ia):
                found.append((ia, list(self._associations.extend(query, link, ia, now))))
            elif decision.known_only:
                found.append((ia, []))
            else:
                candidates = self._associations.candidates(query, link, ia, now)
                leases = [self._associations.grant(query, plan, ia, key, now) for plan, key in candidates]
                given = {lease.address for lease in leases}
                left = [lease for lease in ia.leases if lease.address and lease.address not in given]
                leases += [IALease(lease.address, 0, 0, lease.length) for lease in left if leases]
                found.append((ia, leases))
        packed = self._pack(query, found, lambda ia: StatusCode.NO_BINDING)
        return self._bound_reply(query, link, packed, now)

    def _rebind(self, query: Query6, link: Link6, now: float) -> Reply6 | None:
        decision = self._decide(query, MessageKind.REBINDING)
        if not decision.answer:
            return None
        found: list[tuple[IA, list[IALease]]] = []
        for ia in query.message.ias:
            if self._associations.bound(query, ia):
                found.append((ia, list(self._associations.extend(query, link, ia, now))))
            elif self._off_link(link, ia):
                found.append((ia, [IALease(lease.address, 0, 0, lease.length) for lease in ia.leases]))
            elif not decision.known_only:
                wanted = {key_of(ia, lease) for lease in ia.leases}
                candidates = self._associations.candidates(query, link, ia, now)
                leases = [
                    self._associations.grant(query, plan, ia, key, now) for plan, key in candidates if key in wanted
                ]
                found += [(ia, leases)] if leases else []
        if not found:
            self._drops.drop(query, "unknown-client", "this server has no binding of it", now)
            return None
        packed = self._pack(query, found, lambda ia: StatusCode.NO_BINDING)
        return self._bound_reply(query, link, packed, now)

    def _release(self, query: Query6, link: Link6, now: float) -> Reply6 | None:
        if not self._decide(query, MessageKind.NAMED, MessageKind.RENEWING).answer:
            return None
        return self._end(query, lambda ia: self._associations.release(query, ia, now))

    def _decline(self, query: Query6, link: Link6, now: float) -> Reply6 | None:
        if not self._decide(query, MessageKind.NAMED).answer:
            return None
        return self._end(query, lambda ia: self._associations.decline(query, self._plan.prefixes, ia, now))

    def _end(self, query: Query6, end: Callable[[IA], int]) -> Reply6 | None:
        packed = pack_status(StatusCode.SUCCESS)
        for ia in query.message.ias:
            if not end(ia):
                packed += pack_refused_ia(ia.kind, ia.iaid, StatusCode.NO_BINDING)
        return self._reply(query, MessageType6.REPLY, packed)

    def _information(self, query: Query6, link: Link6, now: float) -> Reply6 | None:
        if not self._decide(query, MessageKind.INFORM).answer:
            return None
        return self._reply(query, MessageType6.REPLY, self._options(query, link))

    def _lease_query(self, query: Query6, now: float) -> Reply6 | None:
        refused = self._queries.refusal(query.arrival.source, now)
        if refused is not None:
            self._counters.drop(refused)
            return None
        if not self._decide(query, MessageKind.LEASEQUERY).answer:
            return None
        packed = self._queries.answer(query.arrival.source, query.message, now)
        return self._reply(query, MessageType6.LEASEQUERY_REPLY, packed)

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._queries.shift(step)
        self.reconfigurations.shift(step)

    # Replies

    def _pack(
        self, query: Query6, found: list[tuple[IA, list[IALease]]], status_of: Callable[[IA], StatusCode]
    ) -> bytes:
        """Return the packed associations, all with the same T1 and T2 (RFC 8415 section 18.3)."""
        shortest = min(
            (lease.preferred for ia, leases in found if ia.kind is not IAKind.TA for lease in leases if lease.valid),
            default=0,
        )
        t1, t2 = (FOREVER, FOREVER) if shortest >= FOREVER else (shortest // 2, shortest * 4 // 5)
        packed = b""
        for ia, leases in found:
            if leases:
                packed += pack_ia(IA(ia.kind, ia.iaid, t1, t2, leases))
            else:
                packed += pack_refused_ia(ia.kind, ia.iaid, status_of(ia))
        return packed

    def _options(self, query: Query6, link: Link6) -> bytes:
        """Return the options that the client requested, and those that every client gets; by the first prefix."""
        plan: PrefixPlan = link.prefixes[0]
        options = query.guidance.adjusted(plan.options_of(query.duid))
        packed = b""
        if link.unicast and query.message.ias and query.arrival.address:
            packed = pack_option(o6.SERVER_UNICAST, query.arrival.address.to_bytes(16, "big"))
        sent = set(_SET_HERE)
        for code in (*query.message.requested, *plan.always, *query.guidance.options):
            if code in options and code not in sent and code != o6.PREFERENCE:
                packed += pack_option(code, options[code])
                sent.add(code)
        name = query.message.fqdn
        if name is not None and o6.CLIENT_FQDN in query.message.requested:
            packed += pack_option(o6.CLIENT_FQDN, dhcp6values.answer_fqdn(name, (), records_of(query, plan)))
        return packed

    def _bound_reply(self, query: Query6, link: Link6, packed: bytes, now: float) -> Reply6:
        """Return a REPLY with associations and options, and the key for RECONFIGURE."""
        accepted = self.reconfigurations.accepted(query, link, now, with_key=True)
        return self._reply(query, MessageType6.REPLY, packed + self._options(query, link) + accepted)

    def _reply(self, query: Query6, kind: MessageType6, packed: bytes) -> Reply6:
        message, arrival = query.message, query.arrival
        self._counters.send(kind.name)
        ids = self._ids + (pack_option(o6.CLIENT_ID, query.duid) if query.duid else b"")
        vss = message.get(o6.VSS)
        if vss and self._plan.has_vpns and self._plan.vpn_of(vss):
            packed += pack_option(o6.VSS, vss)
        octets = encode_reply(message, kind, ids + packed, (o6.VSS,) if self._plan.has_vpns else ())
        if message.relays:
            port = arrival.source_port if message.replies_to_source_port else DHCP6_SERVER_PORT
        elif arrival.multicast and kind != MessageType6.LEASEQUERY_REPLY:
            port = DHCP6_CLIENT_PORT
        else:
            port = arrival.source_port
        return Reply6(octets, arrival.listener, arrival.source, port, arrival.scope_id)


def _relay(message: Message, arrival: Arrival6) -> str:
    return str(IPv6Address(message.link_address or arrival.address))


_HANDLERS: Mapping[int, Callable[[Dhcp6, Query6, Link6, float], Reply6 | None]] = {
    MessageType6.SOLICIT: Dhcp6._solicit,
    MessageType6.REQUEST: Dhcp6._request,
    MessageType6.CONFIRM: Dhcp6._confirm,
    MessageType6.RENEW: Dhcp6._renew,
    MessageType6.REBIND: Dhcp6._rebind,
    MessageType6.RELEASE: Dhcp6._release,
    MessageType6.DECLINE: Dhcp6._decline,
    MessageType6.INFORMATION_REQUEST: Dhcp6._information,
}
