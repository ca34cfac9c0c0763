"""Interfaces that go away and come back under a running server, in network namespaces."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.live.pair import eventually
from tests.peers.programs import program
from tests.peers.test_dhclient import ASK, Client, clients, configuration, ip

__all__ = ["clients", "configuration"]

pytestmark = [pytest.mark.peer, pytest.mark.live]

HEALTH = """
import urllib.error, urllib.request
try:
    print(urllib.request.urlopen("http://127.0.0.1:8067/healthz").read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
"""


def run(namespace: str, code: str) -> str:
    """Run Python in a namespace; return its output."""
    command = [program("ip"), "netns", "exec", namespace, sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout.strip()


def make(server: str, client: Client, number: int) -> None:
    """Make the link of a client, with the server's address."""
    link = f"link{number}"
    ip("-n", server, "link", "add", link, "type", "veth", "peer", "name", "link", "netns", client.namespace)
    ip("-n", server, "address", "add", f"{client.network}.1/24", "dev", link)
    ip("-n", server, "link", "set", link, "up")
    ip("-n", client.namespace, "link", "set", "dev", "link", "up")


def test_a_server_serves_clients_on_an_interface_that_was_made_again(clients: list[Client], tmp_path: Path) -> None:
    """A VLAN or container link that is deleted and made again has another index; the former socket receives nothing."""
    server = clients[0].namespace.removesuffix("0") + "server"
    log = tmp_path / "logs" / "name_dhcp_1_log"

    def wrote(words: str) -> bool:
        return words in log.read_text()

    def health(words: str) -> bool:
        return words in run(server, HEALTH)

    for client in clients:
        ip("-n", client.namespace, "link", "set", "dev", "link", "up")
    assert run(clients[0].namespace, ASK).startswith(clients[0].network)

    ip("-n", server, "link", "delete", "link0")
    eventually(
        "the silence is logged",
        partial(wrote, "Cannot receive packets of clients on link0: the interface does not exist"),
    )
    assert health("serving"), "the other link is served"
    assert run(clients[1].namespace, ASK).startswith(clients[1].network)

    ip("-n", server, "link", "set", "link1", "down")
    eventually("the server does not serve", partial(health, "503 cannot receive packets of clients: link0"))
    assert wrote(
        "Not serving: cannot receive packets of clients: link0: the interface does not exist; link1: the interface is "
        "down"
    )

    make(server, clients[0], 0)
    eventually("the server serves again", partial(health, "serving"))
    assert wrote("Packets of clients are received on link0 again")
    assert run(clients[0].namespace, ASK).startswith(clients[0].network)

    ip("-n", server, "address", "delete", f"{clients[0].network}.1/24", "dev", "link0")
    eventually("the server does not serve", partial(health, "link0: the interface has no IPv4 address"))
    ip("-n", server, "address", "add", f"{clients[0].network}.2/24", "dev", "link0")
    eventually("the server serves at its new address", partial(health, "serving"))
    assert run(clients[0].namespace, ASK).startswith(clients[0].network)
