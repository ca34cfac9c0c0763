"""Whatever servers send, a DHCPv6 client goes on: no answer raises, and it always has something to do or rests."""

import random
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from dhcpserver.client.effects6 import Effects6, Send6, State6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia
from dhcpserver.wire.dhcp6options import MessageType6, Option
from tests.client.client6 import CLIENT, NA, PD, TA, a_client
from tests.client.responder6 import DUID, LINK, PREFIXES

SECONDS = st.sampled_from((0, 1, 50, 100, 7200, 0xFFFFFFFF))
CODES = st.sampled_from((None, 0, 1, 2, 3, 4, 5, 6))


@st.composite
def associations(draw: st.DrawFn) -> Option:
    kind, iaid = draw(st.sampled_from(((IAKind.NA, 1), (IAKind.TA, 2), (IAKind.PD, 3), (IAKind.NA, 9))))
    place, length = (PREFIXES, 56) if kind is IAKind.PD else (LINK, 128)
    numbers = draw(st.lists(st.integers(0, 3), max_size=2))
    leases = [IALease(place | number << 72, draw(SECONDS), draw(SECONDS), length) for number in numbers]
    times = (0, 0) if kind is IAKind.TA else (draw(SECONDS), draw(SECONDS))
    return int(kind), pack_ia(IA(kind, iaid, *times, leases, _status(draw(CODES))))[4:]


def _status(code: int | None) -> tuple[Option, ...]:
    return () if code is None else ((13, code.to_bytes(2, "big")),)


STEPS = st.one_of(
    st.tuples(
        st.sampled_from((MessageType6.ADVERTISE, MessageType6.REPLY)),
        st.lists(associations(), max_size=4),
        CODES,
        st.booleans(),
    ),
    st.sampled_from(("tick", "tick", "release", "decline", "leave", "start", "reboot")),
)


@given(st.lists(STEPS, max_size=25), st.integers(0, 1000))
@settings(max_examples=300)
def test_a_client_goes_on_whatever_arrives(steps: list[object], seed: int) -> None:
    client = a_client(NA, TA, PD, seed=seed, rapid_commit=True)
    entropy = random.Random(seed)
    now = 0.0
    effects = client.start(now)
    xid = 0
    for step in steps:
        xid = _xid(effects, xid)
        until = now + entropy.random() * 100
        for _ in range(60):
            if client.next_tick > until:
                break
            now = max(now, client.next_tick)
            xid = _xid(client.tick(now), xid)
        assert client.next_tick > until, "a client does not send without pause"
        now = until
        if isinstance(step, tuple):
            kind, ias, code, rapid = step
            options = [(1, CLIENT), (2, DUID), *ias, *_status(code), *([(14, b"")] if rapid else [])]
            effects = client.receive(Message(kind, xid, options), now)
        elif step == "tick" and client.next_tick < inf:
            now = client.next_tick
            effects = client.tick(now)
        elif step == "release":
            effects = client.release(now)
        elif step == "decline":
            effects = client.decline([LINK, LINK | 1], now)
        elif step == "leave":
            client.leave()
            effects = ()
        elif step == "start":
            effects = client.start(now)
        elif step == "reboot":
            effects = client.reboot(client.leases, DUID, now)
        assert client.next_tick < inf or client.state is State6.IDLE or client.leases
        assert client.state not in (State6.BOUND, State6.RENEWING, State6.REBINDING) or client.leases


def _xid(effects: Effects6, last: int) -> int:
    """The transaction ID of the last message that was sent."""
    for effect in effects:
        if isinstance(effect, Send6):
            last = int.from_bytes(effect.octets[1:4], "big")
    return last
