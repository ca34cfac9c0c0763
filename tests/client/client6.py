"""A DHCPv6 client in virtual time, and an exchange of messages with a server in octets."""

import random

from dhcpserver.client.bindings6 import IARequest
from dhcpserver.client.effects6 import (
    Effect6,
    Effects6,
    Lease6,
    LeaseGranted6,
    Send6,
    State6,
)
from dhcpserver.client.exchanges6 import Timing6
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.wire import dhcp6, dhcp6duid
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IAKind
from dhcpserver.wire.dhcp6refusal import refusal
from tests.client.responder6 import DUID, Responder6

HARDWARE = bytes.fromhex("020000000001")
CLIENT = dhcp6duid.link_layer(1, HARDWARE)
NA, TA, PD = IARequest(IAKind.NA, 1), IARequest(IAKind.TA, 2), IARequest(IAKind.PD, 3, 56)
AT_ONCE = Timing6((0.0, 0.0), collect=False)


def a_client(
    *ias: IARequest,
    timing: Timing6 = AT_ONCE,
    seed: int = 1,
    rapid_commit: bool = False,
    reconfigure: bool = False,
) -> Client6:
    return Client6(Identity6(CLIENT, ias, rapid_commit, reconfigure), random.Random(seed), timing)


def sent(effects: Effects6) -> bytes:
    (octets,) = [effect.octets for effect in effects if isinstance(effect, Send6)]
    return octets


def message(effects: Effects6) -> Message:
    found = dhcp6.parse(sent(effects))
    assert refusal(found, found.server_id or DUID, multicast=True) is None
    return found


def exchange(client: Client6, server: Responder6, effects: Effects6, now: float) -> Effects6:
    """Have the server answer what the client sends, until it sends nothing; return all effects."""
    found: list[Effect6] = []
    while any(isinstance(effect, Send6) for effect in effects):
        answer = server.answer(sent(effects))
        if answer is None:
            break
        effects = client.receive(answer, now)
        found += [effect for effect in effects if not isinstance(effect, Send6)]
    return tuple(found)


def bound(client: Client6, server: Responder6, now: float = 0.0) -> None:
    exchange(client, server, client.start(now), now)
    assert client.state is State6.BOUND
    server.seen.clear()


def granted(effects: Effects6) -> list[Lease6]:
    return [effect.lease for effect in effects if isinstance(effect, LeaseGranted6)]


def waits(client: Client6, count: int) -> list[float]:
    """The times between the next transmissions."""
    times: list[float] = []
    last = None
    while len(times) < count:
        now = client.next_tick
        client.tick(now)
        if last is not None:
            times.append(now - last)
        last = now
    return times
