"""REQUEST in the four states of a client: SELECTING, INIT-REBOOT, RENEWING, REBINDING (RFC 2131 section 4.3.2)."""

from dhcpserver.failover.partnership import Partnership
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.service import replies
from dhcpserver.service.answers import Answers
from dhcpserver.service.bindings import Bindings
from dhcpserver.service.candidates import Candidates
from dhcpserver.service.identifiers import Identifiers
from dhcpserver.service.plan import Network, PoolPlan
from dhcpserver.service.probing import Probing
from dhcpserver.service.query import Query, Reply
from dhcpserver.service.reservations import Misplaced, Reservations
from dhcpserver.service.withdrawals import Withdrawals
from dhcpserver.wire import options4


class Requests:
    """Decides about each REQUEST."""

    def __init__(
        self,
        book: Book,
        partnership: Partnership,
        answers: Answers,
        reservations: Reservations,
        candidates: Candidates,
        bindings: Bindings,
        probing: Probing,
        withdrawals: Withdrawals,
        identifiers: Identifiers,
    ) -> None:
        self._book = book
        self._partnership = partnership
        self._answers = answers
        self._reservations = reservations
        self._candidates = candidates
        self._bindings = bindings
        self._probing = probing
        self._withdrawals = withdrawals
        self._identifiers = identifiers

    def answer(self, query: Query, network: Network, now: float) -> Reply | None:
        packet = query.packet
        if options4.SERVER_IDENTIFIER in packet.options:
            return self._selecting(query, network, now)
        if packet.ciaddr == 0:
            return self._init_reboot(query, network, now)
        return self._extend(query, network, now)

    def _selecting(self, query: Query, network: Network, now: float) -> Reply | None:
        offer = self._book.offered_to(query.key)
        if not self._identifiers.named_by(query):
            if offer is not None:
                self._book.withdraw(offer)
            return self._answers.silent("other-server")
        decision = self._answers.decision(MessageKind.NAMED, query)
        if not decision.answer:
            return None
        address = query.packet.address(options4.REQUESTED_ADDRESS) or query.packet.ciaddr
        if decision.known_only and not self._bindings.holds(query, address):
            if offer is None or offer.address != address:
                return self._answers.silent("unknown-client")
            # The offer is from before; the partner answers new clients now. A NAK sends this one to it at once.
            self._book.withdraw(offer)
            return self._answers.sent("DHCPNAK", replies.nak(query, "the address is no longer offered"))
        plan = network.plan_of(address)
        if plan is None or not self._may_take(query, network, plan, address, now):
            if query.overridden and (offer is None or offer.address != address):
                # The partner has the same identifier for this relay: the client may have selected its offer.
                if offer is not None:
                    self._book.withdraw(offer)
                return self._answers.silent("other-server")
            return self._answers.sent(
                "DHCPNAK", replies.nak(query, "the address was not offered, or is no longer available")
            )
        return self.grant(query, plan, address, now)

    def _may_take(self, query: Query, network: Network, plan: PoolPlan, address: int, now: float) -> bool:
        """Whether the client may have the address now: offered to it, its own, or free and this server's to give.

        An offer is void when the address is no longer this server's: communications are back and the partner has its
        share again. A free address is accepted for clients that got their offer before this server restarted.
        """
        offer = self._book.offer_of(address)
        if offer is not None:
            lease = None if self._probing.waits(address) else self._book.record(address)
            return lease is not None and offer.key == query.key and self._partnership.may_give(lease, query.key, now)
        if self._reservations.misplaced(query, network, plan, address, now) is not None:
            return False
        lease = self._book.get(address)
        if lease is not None and lease.key == query.key and self._partnership.may_give(lease, query.key, now):
            return True
        if not self._probing.passed(plan, address, now):
            return False
        reserved = self._reservations.of(query, network)
        if reserved is not None and reserved.address == address:
            return self._reservations.usable(reserved, query, now)
        return self._candidates.available(plan, address, now)

    def _init_reboot(self, query: Query, network: Network, now: float) -> Reply | None:
        address = query.packet.address(options4.REQUESTED_ADDRESS)
        if not address:
            return self._answers.silent("malformed")
        decision = self._answers.decision(MessageKind.INIT_REBOOT, query)
        if not decision.answer:
            return None
        plan = network.plan_of(address)
        if plan is None and decision.known_only and not self._bindings.known(query):
            return self._answers.silent("unknown-client")
        if plan is None:
            return self._refuse(query, network, "the address belongs to another network")
        if address in self._book.former:
            return self._former(query, network, plan, address, now)
        lease = self._book.get(address)
        if lease is not None and lease.key == query.key:
            misplaced = self._reservations.misplaced(query, network, plan, address, now)
            if misplaced is not None:
                return self._withdrawn(query, plan, lease, misplaced, now)
            if self._partnership.may_give(lease, query.key, now):
                return self.grant(query, plan, address, now)
            return self._answers.silent("not-ours")
        if any(network.plan_of(other.address) is not None for other in self._book.of_client(query.key)):
            return self._answers.sent("DHCPNAK", replies.nak(query, "the client has another address"))
        return self._answers.silent("unknown-client")

    def _extend(self, query: Query, network: Network, now: float) -> Reply | None:
        """RENEWING and REBINDING: they differ in how the message arrived; the decision about the lease is the same."""
        kind = MessageKind.REBINDING if query.packet.giaddr or query.arrival.broadcast else MessageKind.RENEWING
        decision = self._answers.decision(kind, query)
        if not decision.answer:
            return None
        address = query.packet.ciaddr
        plan = network.plan_of(address)
        if plan is None and decision.known_only and not self._bindings.known(query):
            return self._answers.silent("unknown-client")
        if plan is None:
            return self._refuse(query, network, "the address belongs to another network")
        lease = self._book.get(address)
        if address in self._book.former:
            return self._former(query, network, plan, address, now)
        if lease is None or lease.key is None:
            return self._answers.silent("unknown-client")
        if lease.key != query.key:
            if lease.status is Status.ACTIVE:
                return self._answers.sent("DHCPNAK", replies.nak(query, "the address is leased to another client"))
            return self._answers.silent("unknown-client")
        if not self._partnership.may_give(lease, query.key, now):
            return self._answers.silent("not-ours")
        misplaced = self._reservations.misplaced(query, network, plan, address, now)
        if misplaced is Misplaced.PORT_UNKNOWN:
            return self._answers.silent("port-unknown")  # It asks again through its relay when it rebinds.
        if misplaced is not None:
            return self._withdrawn(query, plan, lease, misplaced, now)
        return self.grant(query, plan, address, now)

    def _refuse(self, query: Query, network: Network, reason: str) -> Reply | None:
        """Return a NAK for an address that this server does not give; nothing where another server may give it."""
        if not network.authoritative():
            return self._answers.silent("not-authoritative")
        return self._answers.sent("DHCPNAK", replies.nak(query, reason))

    def _withdrawn(self, query: Query, plan: PoolPlan, lease: Lease, misplaced: Misplaced, now: float) -> Reply:
        """Return the answer to the holder of an address that a reservation, made after its lease, takes from it."""
        end = lease.state_exp if lease.status is Status.ACTIVE else 0
        return self._answers.sent(*self._withdrawals.answer(query, plan, lease.address, end, misplaced.value, now))

    def _former(self, query: Query, network: Network, plan: PoolPlan, address: int, now: float) -> Reply | None:
        """Return the answer to the holder of an address that was taken out of the ranges."""
        if not network.authoritative():
            return self._answers.silent("not-authoritative")
        key, end = self._book.former[address]
        end = end if key == query.key else 0
        return self._answers.sent(
            *self._withdrawals.answer(query, plan, address, end, "it is in no range any more", now)
        )

    def grant(self, query: Query, plan: PoolPlan, address: int, now: float, *, rapid: bool = False) -> Reply | None:
        """Bind or extend the lease and acknowledge it."""
        lease = self._book.record(address)
        if lease is None:
            return self._answers.silent("no-address")
        seconds = self._bindings.grant(query, plan, lease, now)
        for left in self._reservations.left(query, plan, address):
            self._bindings.release(left, now)
        return self._answers.sent("DHCPACK", replies.ack(query, plan, address, seconds, rapid=rapid))
