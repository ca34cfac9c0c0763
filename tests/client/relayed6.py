"""A DHCPv6 client behind a relay, run inside a network namespace. It goes through its leases and prints them as JSON.

`python -m tests.client.relayed6 LINK-ADDRESS RELAY SERVER`. The packets and the server are real. The client's clock is
simulated, so that it need not wait to renew.
"""

import json
import random
import select
import sys
from ipaddress import IPv6Address

from dhcpserver.client.bindings6 import IARequest
from dhcpserver.client.effects6 import Effects6, Lease6, LeaseGranted6, LeasesConfirmed6, Send6
from dhcpserver.client.exchanges6 import Timing6
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.client.population6 import link_local, text_of
from dhcpserver.client.relay6 import Relay6, RelaySettings6
from dhcpserver.limits import DHCP6_SERVER_PORT
from dhcpserver.wire import dhcp6duid
from dhcpserver.wire.dhcp6ia import IAKind

TIMEOUT_SECONDS = 10.0
HARDWARE = bytes.fromhex("020000000042")
ASSOCIATIONS = (
    IARequest(IAKind.NA, 1),
    IARequest(IAKind.NA, 2),
    IARequest(IAKind.TA, 3),
    IARequest(IAKind.PD, 4, 56),
    IARequest(IAKind.PD, 5),
)
AT_ONCE = Timing6((0.0, 0.0), collect=False)


def a_client(*ias: IARequest) -> Client6:
    return Client6(Identity6(dhcp6duid.link_layer(1, HARDWARE), ias), random.Random(), AT_ONCE)


def run(relay: Relay6) -> list[list[str]]:
    """Get leases, renew, rebind, confirm, and release; return what each exchange granted."""
    client = a_client(*ASSOCIATIONS)
    lines = [exchange(relay, client, client.start(0.0), 0.0)]
    lines.append(exchange(relay, client, client.tick(client.bindings.renew_at), client.bindings.renew_at))
    rebind_at = client.bindings.rebind_at
    client.tick(client.bindings.renew_at)
    effects: Effects6 = ()
    while client.next_tick <= rebind_at:
        effects = client.tick(client.next_tick)
    lines.append(exchange(relay, client, effects, rebind_at))
    hosts = [lease for lease in client.leases if lease.kind is IAKind.NA]
    moved = a_client(*ASSOCIATIONS[:2])
    lines.append(exchange(relay, moved, moved.reboot(hosts, client.bindings.server, rebind_at + 1), rebind_at + 1))
    foreign = Lease6(IAKind.NA, 1, int(IPv6Address("2001:db8:ffff::1")), 128, 0.0, 3600.0, 7200.0)
    other = a_client(ASSOCIATIONS[0])
    lines.append(exchange(relay, other, other.reboot([foreign], client.bindings.server, 0.0), 0.0))
    lines.append(exchange(relay, client, client.release(rebind_at + 2), rebind_at + 2))
    return lines


def exchange(relay: Relay6, client: Client6, effects: Effects6, now: float) -> list[str]:
    """Send until the client has nothing more to send; return what it got, in its order."""
    found: list[str] = []
    while True:
        found += [described(effect) for effect in effects if not isinstance(effect, Send6)]
        sending = [effect for effect in effects if isinstance(effect, Send6)]
        if not sending:
            return [*found, client.state.value]
        for effect in sending:
            assert relay.forward(effect.octets, link_local(HARDWARE), HARDWARE)
        if not select.select([relay], [], [], TIMEOUT_SECONDS)[0]:
            return [*found, f"no answer in {client.state.value}"]
        effects = tuple(one for _, message in relay.answers() for one in client.receive(message, now))


def described(effect: object) -> str:
    if isinstance(effect, LeaseGranted6):
        return f"{effect.state.value} {effect.lease.kind.name}{effect.lease.iaid} {text_of(effect.lease)}"
    if isinstance(effect, LeasesConfirmed6):
        return "confirmed"
    return type(effect).__name__


if __name__ == "__main__":
    link, own, server = sys.argv[1:4]
    agent = Relay6(
        RelaySettings6(
            IPv6Address(link),
            ((server, DHCP6_SERVER_PORT),),
            b"port-7",
            (9, b"line"),
            address=own,
            port=DHCP6_SERVER_PORT,
        )
    )
    print(json.dumps(run(agent)))
    agent.close()
