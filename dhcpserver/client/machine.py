"""A DHCPv4 client: the state machine of RFC 2131 section 4.4, without socket, clock or chance.

    INIT -> SELECTING -> REQUESTING -> BOUND -> RENEWING -> REBINDING -> INIT
    INIT_REBOOT -> REBOOTING -> BOUND or INIT

`start`, `reboot`, `receive`, `tick` and `release` take the time, in any seconds that do not go backwards, and give what
there is to do: packets to send and news of the lease. `next_tick` says when to call `tick`. A message that is not
for this client, or that its state does not wait for, does nothing: the table `_ANSWERS` is the whole list of what does.

A lease counts from when it was asked for, not from when the answer came (section 4.4.1), so that the client never
believes that it has an address longer than the server does.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import ClassVar

from dhcpserver.client.effects import (
    Acknowledged,
    Effects,
    Expired,
    Lease,
    Refused,
    Send,
    State,
    Unanswered,
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
REQUEST_ATTEMPTS = 4
"""Transmissions of a REQUEST before the client begins anew: about a minute (section 3.1, point 5)."""
DECLINE_PAUSE_SECONDS = 10.0
"""Before beginning anew, lest a network of declining clients loops (section 3.1, point 5)."""
RETRANSMISSION_FLOOR_SECONDS = 60.0
"""RENEWING and REBINDING ask again no sooner than this (section 4.4.5)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks."""

    hardware_address: bytes
    client_id: bytes | None = None
    """Option 61, None to be known by the hardware address."""
    host_name: str | None = None
    hardware_type: int = 1
    broadcast: bool = False
    """Ask for broadcast answers, as a client that cannot take unicast before it has an address."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client waits; RFC 2131 section 4.1 unless told."""

    first_seconds: float = 4.0
    """Before the first retransmission; doubled for each that follows."""
    longest_seconds: float = 64.0
    spread_seconds: float = 1.0
    """Each wait is longer or shorter by up to this."""
    start_seconds: tuple[float, float] = (1.0, 10.0)
    """Before the first DISCOVER, so that a building does not start as one (section 4.4.1)."""


class Client:
    """One client. `entropy` decides its transaction ids and its waits."""

    __slots__ = (
        "_asked_at",
        "_attempt",
        "_began",
        "_entropy",
        "_offer",
        "_patience",
        "_xid",
        "identity",
        "lease",
        "next_tick",
        "state",
    )

    def __init__(self, identity: Identity, entropy: random.Random, patience: Patience | None = None) -> None:
        self.identity = identity
        self.state = State.IDLE
        self.lease: Lease | None = None
        self.next_tick = inf
        """When `tick` has something to do."""
        self._entropy = entropy
        self._patience = patience or Patience()
        self._xid = 0
        self._began = 0.0
        self._asked_at = 0.0
        self._attempt = 0
        self._offer: tuple[int, int] = (0, 0)
        """The address that is asked for and the server that offered it (0 in REBOOTING)."""

    def start(self, now: float) -> Effects:
        """Begin without an address."""
        self.lease = None
        return self._to_init(now, self._entropy.uniform(*self._patience.start_seconds))

    def reboot(self, lease: Lease, now: float) -> Effects:
        """Begin with an address from before."""
        self.lease = lease
        self._offer = (lease.address, 0)
        self._begin(now)
        self.state = State.REBOOTING
        return self._request(now)

    def release(self, now: float) -> Effects:
        """Give the address back, and rest."""
        lease, self.lease = self.lease, None
        self.state, self.next_tick = State.IDLE, inf
        if lease is None or now >= lease.expires_at:
            return ()
        self._begin(now)
        server = (options4.SERVER_IDENTIFIER, lease.server.to_bytes(4, "big"))
        return (Send(self._packet(MessageType.RELEASE, now, lease.address, server), lease.server),)

    def decline(self, now: float) -> Effects:
        """Say that the address is in use by another, and begin anew (section 3.1, point 5)."""
        lease, self.lease = self.lease, None
        if lease is None:
            return ()
        self._begin(now)
        self._offer = (0, 0)
        said = (
            (options4.REQUESTED_ADDRESS, lease.address.to_bytes(4, "big")),
            (options4.SERVER_IDENTIFIER, lease.server.to_bytes(4, "big")),
        )
        packet = self._packet(MessageType.DECLINE, now, 0, *said)
        return (Send(packet, 0), *self._to_init(now, DECLINE_PAUSE_SECONDS))

    def vanish(self) -> None:
        """Leave without a word, as most clients do; the lease stays with the server."""
        self.state, self.next_tick = State.IDLE, inf

    def tick(self, now: float) -> Effects:
        """Do what the time asks for."""
        if now < self.next_tick:
            return ()
        return self._TIMERS[self.state](self, now)

    def receive(self, packet: Packet, now: float) -> Effects:
        """Take an answer."""
        if packet.op != BOOTREPLY or packet.xid != self._xid or packet.chaddr != self.identity.hardware_address:
            return ()
        answer = self._ANSWERS.get((self.state, packet.message_type))
        return () if answer is None else answer(self, packet, now)

    # What the time brings.

    def _to_init(self, now: float, delay_seconds: float) -> Effects:
        self.state = State.INIT
        self.next_tick = now + delay_seconds
        return self.tick(now)

    def _discover(self, now: float) -> Effects:
        self._begin(now)
        self.state = State.SELECTING
        return self._discover_again(now)

    def _discover_again(self, now: float) -> Effects:
        self.next_tick = now + self._wait()
        wanted = self._offer[0]
        hint = ((options4.REQUESTED_ADDRESS, wanted.to_bytes(4, "big")),) if wanted else ()
        return (Send(self._packet(MessageType.DISCOVER, now, 0, *hint), 0),)

    def _request(self, now: float) -> Effects:
        """A REQUEST for what was offered, or in REBOOTING for what the client had."""
        if self._attempt == REQUEST_ATTEMPTS:
            return (Unanswered(self.state), *self._unanswered(now))
        if self._attempt == 0:
            self._asked_at = now
        self.next_tick = now + self._wait()
        address, server = self._offer
        said = [(options4.REQUESTED_ADDRESS, address.to_bytes(4, "big"))]
        if server:
            said.append((options4.SERVER_IDENTIFIER, server.to_bytes(4, "big")))
        return (Send(self._packet(MessageType.REQUEST, now, 0, *said), 0),)

    def _unanswered(self, now: float) -> Effects:
        """Nobody answered: use what is left of a lease from before (section 3.2, point 3), or begin anew."""
        lease = self.lease
        if self.state is State.REBOOTING and lease is not None and now < lease.rebind_at:
            self.state, self.next_tick = State.BOUND, lease.renew_at
            return self.tick(now)
        if self.state is State.REBOOTING and lease is not None and now < lease.expires_at:
            return self._rebind(now)
        return self._to_init(now, 0.0)

    def _renew(self, now: float) -> Effects:
        self._begin(now)
        self._asked_at = now
        self.state = State.RENEWING
        return self._extend(now)

    def _rebind(self, now: float) -> Effects:
        self._begin(now)
        self._asked_at = now
        self.state = State.REBINDING
        return self._extend(now)

    def _extend(self, now: float) -> Effects:
        """Ask the server of the lease, then anybody, to extend it; the waits halve (section 4.4.5)."""
        lease = self.lease
        assert lease is not None
        if now >= lease.expires_at:
            self.lease = None
            return (Expired(lease), *self._to_init(now, 0.0))
        if self.state is State.RENEWING and now >= lease.rebind_at:
            return self._rebind(now)
        renewing = self.state is State.RENEWING
        limit = lease.rebind_at if renewing else lease.expires_at
        self.next_tick = min(limit, now + max((limit - now) / 2, RETRANSMISSION_FLOOR_SECONDS))
        packet = self._packet(MessageType.REQUEST, now, lease.address)
        return (Send(packet, lease.server if renewing else 0),)

    # What servers answer.

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
        return (Acknowledged(lease, asked_in),)

    def _on_nak(self, packet: Packet, now: float) -> Effects:
        address = self.lease.address if self.lease is not None else self._offer[0]
        self.lease = None
        self._offer = (0, 0)
        refused = Refused(address, packet.address(options4.SERVER_IDENTIFIER))
        return (refused, *self._to_init(now, self._wait()))

    def _lease(self, packet: Packet, server: int, seconds: int) -> Lease:
        asked = self._asked_at
        if seconds == INFINITE_SECONDS:
            return Lease(packet.yiaddr, server, asked, seconds, inf, inf, inf)
        renewal = int.from_bytes(packet.options.get(options4.RENEWAL_TIME, b""), "big")
        rebinding = int.from_bytes(packet.options.get(options4.REBINDING_TIME, b""), "big")
        t1, t2 = (renewal, rebinding) if 0 < renewal < rebinding < seconds else (seconds * 0.5, seconds * 0.875)
        return Lease(packet.yiaddr, server, asked, seconds, asked + t1, asked + t2, asked + seconds)

    # What both need.

    def _begin(self, now: float) -> None:
        """A new transaction."""
        self._xid = self._entropy.getrandbits(32)
        self._began = now
        self._attempt = 0

    def _wait(self) -> float:
        """Seconds until the next transmission; longer each time (section 4.1)."""
        patience = self._patience
        seconds = min(patience.first_seconds * (1 << self._attempt), patience.longest_seconds)
        self._attempt += 1
        return seconds + self._entropy.uniform(-patience.spread_seconds, patience.spread_seconds)

    def _packet(self, kind: MessageType, now: float, ciaddr: int, *said: tuple[int, bytes]) -> Packet:
        identity = self.identity
        options: dict[int, bytes] = {options4.MESSAGE_TYPE: bytes((kind,))}
        if identity.client_id is not None:
            options[options4.CLIENT_IDENTIFIER] = identity.client_id
        options.update(said)
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
            secs=min(int(now - self._began), 0xFFFF),
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
    """What each state does when its time has come; IDLE has none."""

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
    """Which answer each state waits for."""
