"""A client behind a relay, run inside a network namespace: lives through a lease, and says what happened as JSON.

`python -m tests.client.relayed GIADDR SERVER`. The packets and the server are real; only the client's clock is ours, so
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

PATIENCE_SECONDS = 10.0
NOBODYS = IPv4Address("198.51.100.1")


def live(relay: Relay) -> list[str]:
    """Get a lease, rebind, reboot, be refused, and give it back."""
    client = Client(Identity(bytes.fromhex("020000000042")), random.Random(), Timing(start_seconds=(0.0, 0.0)))
    said = [told(relay, client, client.start(0.0), 0.0)]
    lease = client.lease
    assert lease is not None
    for now in (lease.renew_at, lease.rebind_at):
        effects = client.tick(now)
    said.append(told(relay, client, effects, lease.rebind_at))
    lease = client.lease
    assert lease is not None
    said.append(told(relay, client, client.reboot(lease, lease.asked_at + 1), lease.asked_at + 1))
    foreign = Lease(int(NOBODYS), lease.server, 0.0, 3600, 1800.0, 3150.0, 3600.0)
    other = Client(Identity(bytes.fromhex("020000000043")), random.Random())
    said.append(told(relay, other, other.reboot(foreign, 0.0), 0.0))
    send(relay, client.release(lease.asked_at + 2))
    return said


def told(relay: Relay, client: Client, effects: Effects, now: float) -> str:
    """Send what there is to send until a server decides."""
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
        if not select.select([relay], [], [], PATIENCE_SECONDS)[0]:
            return f"no answer in {client.state.value}"
        effects = tuple(one for packet, _ in relay.answers() for one in client.receive(packet, now))


def send(relay: Relay, effects: Effects) -> None:
    for effect in effects:
        if isinstance(effect, Send):
            assert relay.broadcast(effect.packet)


if __name__ == "__main__":
    agent = Relay(RelaySettings(IPv4Address(sys.argv[1]), ((sys.argv[2], 67),), b"\x01\x04port"))
    print(json.dumps(live(agent)))
    agent.close()
