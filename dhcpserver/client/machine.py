"""A DHCPv4 client: the state machine of RFC 2131 section 4.4, without socket, clock or random numbers of its own.

    INIT -> SELECTING -> REQUESTING -> BOUND -> RENEWING -> REBINDING -> INIT
    INIT_REBOOT -> REBOOTING -> BOUND or INIT

`start`, `reboot`, `receive`, `tick` and `release` take the time, in seconds that do not go backwards, and return the
effects: packets to send and changes of the lease. `next_tick` is when to call `tick`. A message for another client, or
one that the present state does not expect, has no effect: the table `_ANSWERS` lists all that have.

A lease starts when it was requested, not when the answer arrived (section 4.4.1), so that it never lasts longer for the
client than for the server.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import ClassVar

from dhcpserver.client.effects import (
    Effects,
    Lease,
    LeaseAcknowledged,
    LeaseExpired,
    LeaseRefused,
    NoAnswer,
    Send,
    State,
)
from dhcpserver.limits import INFINITE_SECONDS
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import BOOTREPLY, BOOTREQUEST, BROADCAST_FLAG, Packet
from dhcpserver.wire.options4 import MessageType

PARAMETERS = bytes(
    (
        options4.SUBNET_MASK,
        options4.ROUTERS,
        options4.DOMAIN_NAME_SERVERS,
        options4.DOMAIN_NAME,
        options4.BROADCAST_ADDRESS,
        options4.RENEWAL_TIME,
        options4.REBINDING_TIME,
    )
)
MOST_DOUBLINGS = 32
"""Of the wait between transmissions; the longest wait of a timing is reached long before."""
REQUEST_ATTEMPTS = 4
"""Transmissions of a REQUEST before the client starts again: about a minute (section 3.1, point 5)."""
DECLINE_PAUSE_SECONDS = 10.0
"""Pause before the client starts again, so that declining clients do not loop (section 3.1, point 5)."""
RETRANSMISSION_FLOOR_SECONDS = 60.0
"""Shortest interval of requests in RENEWING and REBINDING (section 4.4.5)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a client in its messages."""

    hardware_address: bytes
    client_id: bytes | None = None
    """Option 61; None: the client is identified by its hardware address."""
    host_name: str | None = None
    hardware_type: int = 1
    broadcast: bool = False
    """Request broadcast answers, as clients do that cannot receive unicast before they have an address."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a client waits; the defaults are those of RFC 2131 section 4.1."""

    first_seconds: float = 4.0
    """Before the first retransmission; doubled for each further one."""
    longest_seconds: float = 64.0
    spread_seconds: float = 1.0
    """Each wait is longer or shorter by a random time of at most this."""
    start_seconds: tuple[float, float] = (1.0, 10.0)
    """Random wait before the first DISCOVER, so that not all clients start at once (section 4.4.1)."""


class Client:
    """One client. `entropy` is the source of its transaction IDs and random waits."""

    __slots__ = (
        "_attempt",
        "_entropy",
        "_offer",
        "_requested_at",
        "_timing",
        "_transaction_start",
        "_xid",
        "identity",
        "lease",
        "next_tick",
        "state",
    )

    def __init__(self, identity: Identity, entropy: random.Random, timing: Timing | None = None) -> None:
        self.identity = identity
        self.state = State.IDLE
        self.lease: Lease | None = None
        self.next_tick = inf
        """When `tick` has work to do."""
        self._entropy = entropy
        self._timing = timing or Timing()
        self._xid = 0
        self._transaction_start = 0.0
        self._requested_at = 0.0
        self._attempt = 0
        self._offer: tuple[int, int] = (0, 0)
        """The requested address and the server that offered it (0 in REBOOTING)."""

    def start(self, now: float) -> Effects:
        """Start without an address."""
        self.lease = None
        return self._to_init(now, self._entropy.uniform(*self._timing.start_seconds))

    def reboot(self, lease: Lease, now: float) -> Effects:
        """Start with an earlier address (INIT-REBOOT)."""
        self.lease = lease
        self._offer = (lease.address, 0)
        self._new_transaction(now)
        self.state = State.REBOOTING
        return self._request(now)

    def release(self, now: float) -> Effects:
        """Release the address and become idle."""
        lease, self.lease = self.lease, None
        self.state, self.next_tick = State.IDLE, inf
        if lease is None or now >= lease.expires_at:
            return ()
        self._new_transaction(now)
        server = (options4.SERVER_IDENTIFIER, lease.server.to_bytes(4, "big"))
        return (Send(self._packet(MessageType.RELEASE, now, lease.address, server), lease.server),)

    def decline(self, now: float) -> Effects:
        """Decline the address, because another host uses it, and start again (section 3.1, point 5)."""
        lease, self.lease = self.lease, None
        if lease is None:
            return ()
        self._new_transaction(now)
        self._offer = (0, 0)
        options = (
            (options4.REQUESTED_ADDRESS, lease.address.to_bytes(4, "big")),
            (options4.SERVER_IDENTIFIER, lease.server.to_bytes(4, "big")),
        )
        packet = self._packet(MessageType.DECLINE, now, 0, *options)
        return (Send(packet, 0), *self._to_init(now, DECLINE_PAUSE_SECONDS))

    def leave(self) -> None:
        """Become idle without a RELEASE, as most clients do. The lease stays valid."""
        self.state, self.next_tick = State.IDLE, inf

    def tick(self, now: float) -> Effects:
        """Do what is due at `now`."""
        if now < self.next_tick:
            return ()
        return self._TIMERS[self.state](self, now)

    def receive(self, packet: Packet, now: float) -> Effects:
        """Handle a message from a server."""
        if packet.op != BOOTREPLY or packet.xid != self._xid or packet.chaddr != self.identity.hardware_address:
            return ()
        answer = self._ANSWERS.get((self.state, packet.message_type))
        return () if answer is None else answer(self, packet, now)

    # Timers

    def _to_init(self, now: float, delay_seconds: float) -> Effects:
        self.state = State.INIT
        self.next_tick = now + delay_seconds
        return self.tick(now)

    def _discover(self, now: float) -> Effects:
        self._new_transaction(now)
        self.state = State.SELECTING
        return self._discover_again(now)

    def _discover_again(self, now: float) -> Effects:
        self.next_tick = now + self._wait()
        wanted = self._offer[0]
        hint = ((options4.REQUESTED_ADDRESS, wanted.to_bytes(4, "big")),) if wanted else ()
        return (Send(self._packet(MessageType.DISCOVER, now, 0, *hint), 0),)

    def _request(self, now: float) -> Effects:
        """Send a REQUEST for the offered address, or in REBOOTING for the earlier one."""
        if self._attempt == REQUEST_ATTEMPTS:
            return (NoAnswer(self.state), *self._handle_no_answer(now))
        if self._attempt == 0:
            self._requested_at = now
        self.next_tick = now + self._wait()
        address, server = self._offer
        options = [(options4.REQUESTED_ADDRESS, address.to_bytes(4, "big"))]
        if server:
            options.append((options4.SERVER_IDENTIFIER, server.to_bytes(4, "big")))
        return (Send(self._packet(MessageType.REQUEST, now, 0, *options), 0),)

    def _handle_no_answer(self, now: float) -> Effects:
        """Use what is left of an earlier lease (section 3.2, point 3), or start again."""
        lease = self.lease
        if self.state is State.REBOOTING and lease is not None and now < lease.rebind_at:
            self.state, self.next_tick = State.BOUND, lease.renew_at
            return self.tick(now)
        if self.state is State.REBOOTING and lease is not None and now < lease.expires_at:
            return self._rebind(now)
        return self._to_init(now, 0.0)

    def _renew(self, now: float) -> Effects:
        self._new_transaction(now)
        self._requested_at = now
        self.state = State.RENEWING
        return self._extend(now)

    def _rebind(self, now: float) -> Effects:
        self._new_transaction(now)
        self._requested_at = now
        self.state = State.REBINDING
        return self._extend(now)

    def _extend(self, now: float) -> Effects:
        """Request an extension from the lease's server, later from any server. Each wait is halved (section 4.4.5)."""
        lease = self.lease
        assert lease is not None
        if now >= lease.expires_at:
            self.lease = None
            return (LeaseExpired(lease), *self._to_init(now, 0.0))
        if self.state is State.RENEWING and now >= lease.rebind_at:
            return self._rebind(now)
        renewing = self.state is State.RENEWING
        limit = lease.rebind_at if renewing else lease.expires_at
        self.next_tick = min(limit, now + max((limit - now) / 2, RETRANSMISSION_FLOOR_SECONDS))
        packet = self._packet(MessageType.REQUEST, now, lease.address)
        return (Send(packet, lease.server if renewing else 0),)

    # Answers

    def _on_offer(self, packet: Packet, now: float) -> Effects:
        server = packet.address(options4.SERVER_IDENTIFIER)
        if not server or not packet.yiaddr:
            return ()
        self._offer = (packet.yiaddr, server)
        self._attempt = 0
        self.state = State.REQUESTING
        return self._request(now)

    def _on_ack(self, packet: Packet, now: float) -> Effects:
        seconds = int.from_bytes(packet.options.get(options4.LEASE_TIME, b""), "big")
        server = packet.address(options4.SERVER_IDENTIFIER)
        if not seconds or not packet.yiaddr or not server:
            return ()
        asked_in, self.state = self.state, State.BOUND
        self.lease = lease = self._lease(packet, server, seconds)
        self._offer = (lease.address, server)
        self.next_tick = lease.renew_at
        return (LeaseAcknowledged(lease, asked_in),)

    def _on_nak(self, packet: Packet, now: float) -> Effects:
        address = self.lease.address if self.lease is not None else self._offer[0]
        self.lease = None
        self._offer = (0, 0)
        refused = LeaseRefused(address, packet.address(options4.SERVER_IDENTIFIER))
        return (refused, *self._to_init(now, self._wait()))

    def _lease(self, packet: Packet, server: int, seconds: int) -> Lease:
        start = self._requested_at
        if seconds == INFINITE_SECONDS:
            return Lease(packet.yiaddr, server, start, seconds, inf, inf, inf)
        renewal = int.from_bytes(packet.options.get(options4.RENEWAL_TIME, b""), "big")
        rebinding = int.from_bytes(packet.options.get(options4.REBINDING_TIME, b""), "big")
        t1, t2 = (renewal, rebinding) if 0 < renewal < rebinding < seconds else (seconds * 0.5, seconds * 0.875)
        return Lease(packet.yiaddr, server, start, seconds, start + t1, start + t2, start + seconds)

    # Messages

    def _new_transaction(self, now: float) -> None:
        """Start a new transaction."""
        self._xid = self._entropy.getrandbits(32)
        self._transaction_start = now
        self._attempt = 0

    def _wait(self) -> float:
        """Return the seconds until the next transmission; longer each time (section 4.1)."""
        timing = self._timing
        doublings = min(self._attempt, MOST_DOUBLINGS)  # A client that gets no answer for days goes on to try.
        seconds = min(timing.first_seconds * (1 << doublings), timing.longest_seconds)
        self._attempt += 1
        return seconds + self._entropy.uniform(-timing.spread_seconds, timing.spread_seconds)

    def _packet(self, kind: MessageType, now: float, ciaddr: int, *extra: tuple[int, bytes]) -> Packet:
        identity = self.identity
        options: dict[int, bytes] = {options4.MESSAGE_TYPE: bytes((kind,))}
        if identity.client_id is not None:
            options[options4.CLIENT_IDENTIFIER] = identity.client_id
        options.update(extra)
        if kind not in (MessageType.RELEASE, MessageType.DECLINE):
            if identity.host_name is not None:
                options[options4.HOST_NAME] = identity.host_name.encode()
            options[options4.PARAMETER_REQUEST_LIST] = PARAMETERS
        return Packet(
            op=BOOTREQUEST,
            htype=identity.hardware_type,
            hlen=len(identity.hardware_address),
            hops=0,
            xid=self._xid,
            secs=min(int(now - self._transaction_start), 0xFFFF),
            flags=BROADCAST_FLAG if identity.broadcast else 0,
            ciaddr=ciaddr,
            yiaddr=0,
            siaddr=0,
            giaddr=0,
            chaddr=identity.hardware_address,
            options=options,
        )

    _TIMERS: ClassVar[dict[State, Callable[[Client, float], Effects]]] = {
        State.INIT: _discover,
        State.SELECTING: _discover_again,
        State.REQUESTING: _request,
        State.REBOOTING: _request,
        State.BOUND: _renew,
        State.RENEWING: _extend,
        State.REBINDING: _extend,
    }
    """The action of each state when `next_tick` has come; IDLE has none."""

    _ANSWERS: ClassVar[dict[tuple[State, int], Callable[[Client, Packet, float], Effects]]] = {
        (State.SELECTING, MessageType.OFFER): _on_offer,
        (State.REQUESTING, MessageType.ACK): _on_ack,
        (State.REQUESTING, MessageType.NAK): _on_nak,
        (State.REBOOTING, MessageType.ACK): _on_ack,
        (State.REBOOTING, MessageType.NAK): _on_nak,
        (State.RENEWING, MessageType.ACK): _on_ack,
        (State.RENEWING, MessageType.NAK): _on_nak,
        (State.REBINDING, MessageType.ACK): _on_ack,
        (State.REBINDING, MessageType.NAK): _on_nak,
    }
    """The answers that each state expects, and their handlers."""
