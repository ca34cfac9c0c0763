"""A BOOTP client that somebody else wrote (bootpc): by reservation, and with a lease that never ends."""

import subprocess

import pytest

from tests.live.pair import eventually
from tests.peers.programs import program
from tests.peers.test_dhclient import Client, clients, ip

pytestmark = [pytest.mark.peer, pytest.mark.live]
__all__ = ["clients"]

MAC = "02:00:00:00:30:01"


@pytest.fixture
def configuration() -> str:
    """One scope for BOOTP with a reservation, and one that gives any BOOTP client an address."""
    return f"""
[server]
name = "alone"

[[listener]]
interface = "link0"

[[listener]]
interface = "link1"

[[policy]]
name = "default"
packet-file-name = "/boot/kernel"
packet-siaddr = "10.30.0.9"

[[scope]]
name = "net0"
subnet = "10.30.0.0/24"
bootp = true

[[scope.reservations]]
ipaddr = "10.30.0.7"
mac = "{MAC}"

[[scope]]
name = "net1"
subnet = "10.31.0.0/24"
ranges = ["10.31.0.100-10.31.0.149"]
bootp = true
dynamic-bootp = true
"""


def boot(client: Client) -> dict[str, str]:
    """Run bootpc once; return what it prints, by name. Empty without an answer."""
    inside = [program("ip"), "netns", "exec", client.namespace]
    ip("-n", client.namespace, "link", "set", "dev", "link", "up")
    ip("-n", client.namespace, "route", "replace", "default", "dev", "link")  # For its broadcast.
    command = [*inside, program("bootpc"), "--dev", "link", "--timeoutwait", "3", "--returniffail", "--serverbcast"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    pairs = (line.partition("=") for line in done.stdout.splitlines())
    return {name: value.strip("'\"") for name, _, value in pairs}


def test_a_bootp_client_gets_its_reservation_and_another_a_permanent_lease(clients: list[Client]) -> None:
    """R-244, R-246: the reserved address with the boot file; without a reservation nothing, unless it is dynamic."""
    reserved, dynamic = clients
    assert boot(reserved) == {}, "it has no reservation yet, by its own address"
    ip("-n", reserved.namespace, "link", "set", "dev", "link", "address", MAC)
    found = eventually("an answer", lambda: boot(reserved))
    assert (found["IPADDR"], found["BOOTFILE"], found["SERVER"]) == ("10.30.0.7", "/boot/kernel", "10.30.0.9"), found
    first = eventually("an answer", lambda: boot(dynamic))
    assert first["IPADDR"].startswith("10.31.0.1"), first
    assert boot(dynamic)["IPADDR"] == first["IPADDR"], "it stays the client's"
