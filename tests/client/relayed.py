"""A client behind a relay, run inside a network namespace. It goes through a lease and prints the events as JSON.

`python -m tests.client.relayed GIADDR SERVER`. The packets and the server are real. The client's clock is simulated, so
that it need not wait half an hour to renew.
"""

import json
import random
import select
import sys
from ipaddress import IPv4Address

from dhcpserver.client.effects import Effects, Lease, LeaseAcknowledged, LeaseRefused, Send
from dhcpserver.client.machine import Client, Identity, Timing
from dhcpserver.client.relay import Relay, RelaySettings

TIMEOUT_SECONDS = 10.0
FOREIGN_ADDRESS = IPv4Address("198.51.100.1")


def run(relay: Relay) -> list[str]:
    """Get a lease, rebind, reboot, get a NAK, and release; return a line for each."""
    client = Client(Identity(bytes.fromhex("020000000042")), random.Random(), Timing(start_seconds=(0.0, 0.0)))
    lines = [exchange(relay, client, client.start(0.0), 0.0)]
    lease = client.lease
    assert lease is not None
    for now in (lease.renew_at, lease.rebind_at):
        effects = client.tick(now)
    lines.append(exchange(relay, client, effects, lease.rebind_at))
    lease = client.lease
    assert lease is not None
    lines.append(exchange(relay, client, client.reboot(lease, lease.asked_at + 1), lease.asked_at + 1))
    foreign = Lease(int(FOREIGN_ADDRESS), lease.server, 0.0, 3600, 1800.0, 3150.0, 3600.0)
    other = Client(Identity(bytes.fromhex("020000000043")), random.Random())
    lines.append(exchange(relay, other, other.reboot(foreign, 0.0), 0.0))
    send(relay, client.release(lease.asked_at + 2))
    return lines


def exchange(relay: Relay, client: Client, effects: Effects, now: float) -> str:
    """Send packets until a server acknowledges or refuses; return the result as text."""
    while True:
        send(relay, effects)
        for effect in effects:
            if isinstance(effect, LeaseAcknowledged):
                address = IPv4Address(effect.lease.address)
                return (
                    f"{effect.state.value}: {address} for {effect.lease.seconds} of {IPv4Address(effect.lease.server)}"
                )
            if isinstance(effect, LeaseRefused):
                return f"refused {IPv4Address(effect.address)}"
        if not select.select([relay], [], [], TIMEOUT_SECONDS)[0]:
            return f"no answer in {client.state.value}"
        effects = tuple(one for packet, _ in relay.answers() for one in client.receive(packet, now))


def send(relay: Relay, effects: Effects) -> None:
    for effect in effects:
        if isinstance(effect, Send):
            assert relay.broadcast(effect.packet)


if __name__ == "__main__":
    agent = Relay(RelaySettings(IPv4Address(sys.argv[1]), ((sys.argv[2], 67),), b"\x01\x04port"))
    print(json.dumps(run(agent)))
    agent.close()
