"""The policy `ping-clients` in network namespaces: an address that another machine has configured is not given."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from dhcpserver.leases.lease import Status
from tests.live.pair import eventually
from tests.peers.programs import program
from tests.peers.test_dhclient import ASK, CONFIGURATION, Client, clients, has, ip

__all__ = ["clients"]

pytestmark = [pytest.mark.peer, pytest.mark.live]

TAKEN = ("10.30.0.100", "10.30.0.101")


@pytest.fixture
def configuration() -> str:
    first = "allocate-first-available = true\nsubnet = "
    return CONFIGURATION.replace("grace-period = 0", "grace-period = 0\nping-clients = true").replace(
        "subnet = ", first
    )


def ask(client: Client) -> str:
    """Send a DISCOVER, and again until there is an offer; return its address."""
    command = [program("ip"), "netns", "exec", client.namespace, sys.executable, "-c", ASK.replace("(10)", "(2)")]
    for _ in range(5):
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        if done.returncode == 0:
            return done.stdout.strip()
    raise AssertionError(done.stderr)


def run(client: Client, *command: str) -> None:
    subprocess.run([program("ip"), "netns", "exec", client.namespace, *command], check=True, capture_output=True)


def test_a_machine_that_ignores_echo_requests_is_found_by_arp(clients: list[Client], tmp_path: Path) -> None:
    """It is on the server's own link. A firewall on it drops ICMP, and ARP it has to answer.

    The neighbour table of the server has an entry, so that its system sends no ARP request of its own.
    """
    for client in clients:
        ip("-n", client.namespace, "link", "set", "dev", "link", "up")
    ip("-n", clients[0].namespace, "address", "add", f"{TAKEN[0]}/24", "dev", "link")
    run(clients[0], "sh", "-c", "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all")
    server = clients[0].namespace.removesuffix("0") + "server"
    entry = ("to", TAKEN[0], "lladdr", "02:00:00:00:00:66", "dev", "link0", "nud", "permanent")
    ip("-n", server, "neighbour", "add", *entry)
    assert ask(clients[0]) == TAKEN[1]
    assert f"Address {TAKEN[0]} answered a probe" in (tmp_path / "logs" / "name_dhcp_1_log").read_text()
    eventually("the address is unavailable", partial(has, tmp_path, TAKEN[0], Status.ABANDONED))


def test_an_address_that_another_machine_has_configured_is_not_given(clients: list[Client], tmp_path: Path) -> None:
    for client in clients:
        ip("-n", client.namespace, "link", "set", "dev", "link", "up")
    for address in TAKEN:
        ip("-n", clients[0].namespace, "address", "add", f"{address}/24", "dev", "link")
    assert ask(clients[0]) == "10.30.0.102"
    log = (tmp_path / "logs" / "name_dhcp_1_log").read_text()
    for address in TAKEN:
        assert f"Address {address} answered a probe" in log
        eventually("the address is unavailable", partial(has, tmp_path, address, Status.ABANDONED))
    assert ask(clients[1]) == "10.31.0.100"
