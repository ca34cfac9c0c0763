"""A DHCPv6 client (RFC 8415 section 18.2), without socket, clock or random numbers of its own.

    SOLICITING -> REQUESTING -> BOUND -> RENEWING -> REBINDING -> SOLICITING
    CONFIRMING -> BOUND or SOLICITING; RELEASING -> IDLE; DECLINING -> BOUND or SOLICITING
    INFORMING -> CONFIGURED (a client without identity associations), or back to BOUND

`start`, `reboot`, `release`, `decline`, `receive` and `tick` take the time, in seconds that do not go backwards, and
return the effects: messages to send and changes of the leases. `next_tick` is when to call `tick`. A message for
another client, or one that the present state does not expect, has no effect: the table `_ANSWERS` lists all that have.

All identity associations are in each message, those without a lease too, so that a server can grant later what it did
not have before (section 18.2.4). Messages go to all servers; the answers to each exchange share one transaction ID.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from math import inf
from typing import ClassVar

from dhcpserver.client import messages6
from dhcpserver.client.bindings6 import Bindings6
from dhcpserver.client.effects6 import (
    Configured6,
    Effect6,
    Effects6,
    Lease6,
    LeaseEnded6,
    LeaseGranted6,
    LeasesConfirmed6,
    NoAnswer6,
    Send6,
    State6,
    unavailable,
)
from dhcpserver.client.exchanges6 import EXCHANGES, TO_ONE_SERVER, TYPES, Limits, Timing6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.client.reconfigure6 import ReconfigureKey
from dhcpserver.client.retransmission6 import Exchange
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IA, IAKind
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode
from dhcpserver.wire.dhcp6refusal import client_refusal

BEST_PREFERENCE = 255
"""An ADVERTISE with it is taken at once."""
DECLINE_PAUSE_SECONDS = 10.0
REFUSED_PAUSE_SECONDS = 10.0
"""Pause before the client starts again after a REPLY that grants nothing, so that it does not loop."""
REFRESH_SECONDS = 86_400
"""Of configuration without a refresh time (section 7.6)."""
SHORTEST_REFRESH_SECONDS = 600


class Client6:
    """One client. `entropy` is the source of its transaction IDs and random waits.

    Attributes:
        bindings: its leases.
        next_tick: when `tick` has work to do.
    """

    __slots__ = (
        "_advertised",
        "_asked",
        "_entropy",
        "_exchange",
        "_key",
        "_limits",
        "_timing",
        "_xid",
        "bindings",
        "identity",
        "next_tick",
        "state",
    )

    def __init__(self, identity: Identity6, entropy: random.Random, timing: Timing6 | None = None) -> None:
        self.identity = identity
        self.state = State6.IDLE
        self.bindings = Bindings6()
        self.next_tick = inf
        self._entropy = entropy
        self._timing = timing or Timing6()
        self._xid = 0
        self._exchange: Exchange | None = None
        self._advertised: Message | None = None
        self._asked: tuple[IA, ...] = ()
        self._limits = Limits()
        self._key = ReconfigureKey()

    @property
    def leases(self) -> tuple[Lease6, ...]:
        """All leases of the client."""
        return self.bindings.leases

    # What the owner of the client does

    def start(self, now: float) -> Effects6:
        """Start without leases; a client without identity associations requests configuration only."""
        self.bindings.clear()
        wait = self._entropy.uniform(*self._timing.start_seconds)
        return self._solicit_after(wait, now) if self.identity.ias else self._begin(State6.INFORMING, now, wait)

    def reboot(self, leases: Iterable[Lease6], server: bytes, now: float) -> Effects6:
        """Start with earlier leases, perhaps on another link: CONFIRM, or REBIND with a prefix (section 18.2.12)."""
        self.bindings.restore((lease for lease in leases if now < lease.valid_until), server)
        if not self.bindings:
            return self.start(now)
        return self._begin(State6.CONFIRMING, now, self._entropy.uniform(*self._timing.start_seconds))

    def release(self, now: float) -> Effects6:
        """Release all leases. They are not used any more, also if no server answers."""
        self.bindings.remove_ended(now)
        leases = self.bindings.clear()
        if not leases:
            self.leave()
            return ()
        self._asked = messages6.grouped(leases)
        ended = tuple(LeaseEnded6(lease, "released") for lease in leases)
        return (*ended, *self._begin(State6.RELEASING, now))

    def decline(self, addresses: Iterable[int], now: float) -> Effects6:
        """Decline addresses that other hosts on the link use (section 18.2.8)."""
        wanted = frozenset(addresses)
        leases = self.bindings.remove(
            [lease for lease in self.leases if lease.address in wanted and lease.kind is not IAKind.PD]
        )
        if not leases:
            return ()
        self._asked = messages6.grouped(leases)
        ended = tuple(LeaseEnded6(lease, "declined") for lease in leases)
        return (*ended, *self._begin(State6.DECLINING, now))

    def leave(self) -> None:
        """Become idle without a RELEASE, as most clients do. The leases stay valid."""
        self.state, self.next_tick = State6.IDLE, inf

    def tick(self, now: float) -> Effects6:
        """Do what is due at `now`."""
        if now < self.next_tick:
            return ()
        ended = tuple(LeaseEnded6(lease, "expired") for lease in self.bindings.remove_ended(now))
        if ended and not self.bindings:
            return (*ended, *self._solicit_after(0.0, now))
        return (*ended, *self._TIMERS.get(self.state, Client6._transmit)(self, now))

    def receive(self, message: Message, now: float) -> Effects6:
        """Handle a message from a server."""
        if client_refusal(message, self.identity.duid, self._xid) is not None:
            return ()
        if message.type == MessageType6.RECONFIGURE:
            return self._on_reconfigure(message, now)
        answer = self._ANSWERS.get((self.state, message.type))
        return () if answer is None else answer(self, message, now)

    # Sending

    def _begin(self, state: State6, now: float, wait: float = 0.0) -> Effects6:
        """Begin an exchange in a state, at once or after a wait."""
        self.state = state
        self._exchange = None
        self._advertised = None if state is not State6.REQUESTING else self._advertised
        self._xid = self._entropy.getrandbits(24)
        self.next_tick = now + wait
        return () if wait else self._transmit(now)

    def _solicit_after(self, wait: float, now: float) -> Effects6:
        return self._begin(State6.SOLICITING, now, wait)

    def _transmit(self, now: float) -> Effects6:
        """Send the message of the state, or end the exchange if it is over."""
        exchange = self._exchange
        if exchange is None:
            exchange = self._exchange = self._new_exchange(now)
        elif exchange.is_over(now):
            return self._give_up(now)
        elapsed = exchange.elapsed_hundredths(now)
        self.next_tick = min(exchange.next_at(now), self.bindings.next_end())
        return (self._message(elapsed),)

    def _new_exchange(self, now: float) -> Exchange:
        until = self.bindings.rebind_at if self.state is State6.RENEWING else inf
        return Exchange(EXCHANGES[self.state], self._entropy, now, self._limits.of(self.state), until)

    def _message(self, elapsed: int) -> Send6:
        state, bindings = self.state, self.bindings
        kind = TYPES[state]
        if state is State6.SOLICITING:
            ias = messages6.requested(self.identity.ias)
        elif state is State6.INFORMING:
            ias = ()
        elif state in (State6.REQUESTING, State6.RELEASING, State6.DECLINING):
            ias = self._asked
        elif state is State6.CONFIRMING and not any(lease.kind is IAKind.PD for lease in bindings.leases):
            kind, ias = MessageType6.CONFIRM, messages6.grouped(bindings.leases)
        else:
            ias = messages6.held(self.identity.ias, bindings)
        server = bindings.server if state in TO_ONE_SERVER else None
        return Send6(kind, messages6.encode(kind, self._xid, self.identity, elapsed, server, ias))

    def _give_up(self, now: float) -> Effects6:
        """End an exchange without an answer."""
        state = self.state
        unanswered = NoAnswer6(state)
        if state is State6.RENEWING:
            return self._begin(State6.REBINDING, now)
        if state is State6.CONFIRMING:
            return (unanswered, *self._to_bound(now))
        if state is State6.RELEASING:
            self.leave()
            return (unanswered,)
        if state is State6.DECLINING:
            return (unanswered, *self._after_decline(now))
        return (unanswered, *self._solicit_after(0.0, now))

    # States

    def _to_bound(self, now: float) -> Effects6:
        self.state = State6.BOUND
        self.next_tick = min(self.bindings.renew_at, self.bindings.next_end())
        return self.tick(now)

    def _renew(self, now: float) -> Effects6:
        """Renew, if it is time; the tick may have been for the end of a lease."""
        if now < self.bindings.renew_at:
            self.next_tick = min(self.bindings.renew_at, self.bindings.next_end())
            return ()
        return self._begin(State6.RENEWING if now < self.bindings.rebind_at else State6.REBINDING, now)

    def _after_decline(self, now: float) -> Effects6:
        if not self.bindings:
            return self._solicit_after(DECLINE_PAUSE_SECONDS, now)
        self.bindings.renew_at = min(self.bindings.renew_at, now + DECLINE_PAUSE_SECONDS)
        return self._to_bound(now)

    def _choose(self, now: float) -> Effects6:
        """Request what the best ADVERTISE offers, or solicit again if there was none."""
        if self._advertised is None:
            return self._transmit(now)
        self.bindings.server = self._advertised.server_id or b""
        offered = {(ia.kind, ia.iaid): ia for ia in self._advertised.ias}
        self._asked = tuple(
            messages6.without_times(offered.get((ia.kind, ia.iaid), ia))
            for ia in messages6.requested(self.identity.ias)
        )
        return self._begin(State6.REQUESTING, now)

    # Answers

    def _on_advertise(self, message: Message, now: float) -> Effects6:
        self._limits.take(message)
        if not any(ia.leases for ia in message.ias):
            return tuple(unavailable(message.ias))
        best = self._advertised
        if best is None or message.preference > best.preference:
            self._advertised = message
        first = self._exchange is not None and self._exchange.sent == 1 and self._timing.collect
        return () if first and message.preference != BEST_PREFERENCE else self._choose(now)

    def _on_rapid_reply(self, message: Message, now: float) -> Effects6:
        if not (message.rapid_commit and self.identity.rapid_commit):
            return ()
        return self._on_reply(message, now)

    def _on_reply(self, message: Message, now: float) -> Effects6:
        """Take the leases of a REPLY to SOLICIT, REQUEST, RENEW or REBIND."""
        self._limits.take(message)
        status = message.status
        if status is not None and status.code == StatusCode.NOT_ON_LINK and self.state is State6.REQUESTING:
            return self._solicit_after(REFUSED_PAUSE_SECONDS, now)
        if status is not None and status.code != StatusCode.SUCCESS:
            return ()  # The client goes on to send (section 18.2.10).
        exchange = self._exchange
        assert exchange is not None
        asked_in, server = self.state, message.server_id or b""
        granted, ended = self.bindings.take(self._own(message.ias), server, exchange.since)
        self._key.take(message)
        effects: list[Effect6] = [LeaseGranted6(lease, server, asked_in) for lease in granted]
        effects += [LeaseEnded6(lease, "refused") for lease in ended]
        effects += unavailable(message.ias)
        unknown = [ia for ia in message.ias if ia.status is not None and ia.status.code == StatusCode.NO_BINDING]
        if unknown and asked_in is not State6.REQUESTING:
            return (*effects, *self._request_unknown(server, now))
        if granted:
            return (*effects, *self._to_bound(now))
        if asked_in in (State6.RENEWING, State6.REBINDING) and self.bindings and not ended:
            return tuple(effects)  # A later transmission, or another server, may extend them.
        if self.bindings:
            self.bindings.postpone(now + REFUSED_PAUSE_SECONDS)
            return (*effects, *self._to_bound(now))
        return (*effects, *self._solicit_after(REFUSED_PAUSE_SECONDS, now))

    def _request_unknown(self, server: bytes, now: float) -> Effects6:
        """Request the leases from a server that has no binding for them (section 18.2.10.1)."""
        self.bindings.server = server
        self._asked = messages6.held(self.identity.ias, self.bindings)
        return self._begin(State6.REQUESTING, now)

    def _own(self, ias: Iterable[IA]) -> list[IA]:
        """Return the associations that the client has requested."""
        wanted = {(ia.kind, ia.iaid) for ia in self.identity.ias}
        return [ia for ia in ias if (ia.kind, ia.iaid) in wanted]

    def _on_confirm_reply(self, message: Message, now: float) -> Effects6:
        if any(lease.kind is IAKind.PD for lease in self.leases):
            return self._on_reply(message, now)
        status = message.status
        if status is not None and status.code == StatusCode.NOT_ON_LINK:
            ended = tuple(LeaseEnded6(lease, "refused") for lease in self.bindings.clear())
            return (*ended, *self._solicit_after(0.0, now))
        if status is not None and status.code != StatusCode.SUCCESS:
            return ()
        return (LeasesConfirmed6(message.server_id or b""), *self._to_bound(now))

    def _on_release_reply(self, _message: Message, _now: float) -> Effects6:
        self.leave()
        return ()

    def _on_decline_reply(self, _message: Message, now: float) -> Effects6:
        return self._after_decline(now)

    def _on_information(self, message: Message, now: float) -> Effects6:
        self._limits.take(message)
        effect = Configured6(tuple(message.options))
        if self.bindings:
            return (effect, *self._to_bound(now))
        refresh = message.get(o6.INFORMATION_REFRESH_TIME)
        seconds = int.from_bytes(refresh, "big") if refresh is not None and len(refresh) == 4 else REFRESH_SECONDS
        self.state = State6.CONFIGURED
        self.next_tick = now + max(seconds, SHORTEST_REFRESH_SECONDS)
        return (effect,)

    def _inform(self, now: float) -> Effects6:
        return self._begin(State6.INFORMING, now)

    def _on_reconfigure(self, message: Message, now: float) -> Effects6:
        """Do what a server requests, if its key is right and no exchange is under way (section 18.2.11)."""
        if self.state not in (State6.BOUND, State6.CONFIGURED) or not self._key.accepts(message):
            return ()
        kind = message.reconfigure_message
        if kind == MessageType6.INFORMATION_REQUEST:
            return self._begin(State6.INFORMING, now)
        if not self.bindings:
            return ()
        return self._begin(State6.RENEWING if kind == MessageType6.RENEW else State6.REBINDING, now)

    _TIMERS: ClassVar[dict[State6, Callable[[Client6, float], Effects6]]] = {
        State6.SOLICITING: _choose,
        State6.BOUND: _renew,
        State6.CONFIGURED: _inform,
    }
    """The action of each state when `next_tick` has come; the others send again."""
    _ANSWERS: ClassVar[dict[tuple[State6, int], Callable[[Client6, Message, float], Effects6]]] = {
        (State6.SOLICITING, MessageType6.ADVERTISE): _on_advertise,
        (State6.SOLICITING, MessageType6.REPLY): _on_rapid_reply,
        (State6.REQUESTING, MessageType6.REPLY): _on_reply,
        (State6.RENEWING, MessageType6.REPLY): _on_reply,
        (State6.REBINDING, MessageType6.REPLY): _on_reply,
        (State6.CONFIRMING, MessageType6.REPLY): _on_confirm_reply,
        (State6.RELEASING, MessageType6.REPLY): _on_release_reply,
        (State6.DECLINING, MessageType6.REPLY): _on_decline_reply,
        (State6.INFORMING, MessageType6.REPLY): _on_information,
    }
    """The answers that each state expects, and their handlers."""
