"""The population of the command line against a real Pairwatch server on loopback."""

import json
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from ipaddress import IPv6Network
from pathlib import Path

import pytest

from dhcpserver.client.ledger import Grant, events
from tests.live.pair import eventually, free_port

CONFIGURATION = """
[server]
name = "solo"

[api]
port = {api}

[[policy]]
name = "default"
valid-lifetime = 6
preferred-lifetime = 4
default-prefix-length = 56
allow-rapid-commit = true

[[link]]
name = "office"

[[prefix]]
name = "na"
address = "2001:db8:1::/64"
link = "office"

[[prefix]]
name = "pd"
address = "2001:db8:8000::/46"
dhcp-type = "prefix-delegation"
link = "office"

[[listener6]]
address = "::1"
port = {port}
"""


def free_port6() -> int:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.bind(("::1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.live
def test_hosts_and_delegating_routers_get_and_extend_their_leases(tmp_path: Path) -> None:
    """The replies come to the ports of the relays (RFC 8357), and no lease has two holders."""
    port = free_port6()
    (tmp_path / "config.toml").write_text(CONFIGURATION.format(api=free_port("127.0.0.1"), port=port))
    journal = tmp_path / "journal"
    relays = ["--link", "2001:db8:1::1", "--link", "2001:db8:1::2"]
    arrivals = ["--clients", "60", "--rate", "200", "--report", "0.2", "--journal", str(journal)]
    commands = (
        ["dhcpserver.main", "--data", str(tmp_path)],
        ["dhcpserver.client.command6", "--server", f"[::1]:{port}", *relays, *arrivals],
    )
    output = tmp_path / "output"
    with ExitStack() as cleanup, output.open("w") as report:
        processes = []
        for command in commands:
            processes.append(subprocess.Popen([sys.executable, "-m", *command], stdout=report))
            cleanup.callback(processes[-1].wait, 20)
            cleanup.callback(processes[-1].terminate)
        eventually("leases are renewed", lambda: '"RENEWING": 1' in output.read_text(), 40)
        processes[1].send_signal(signal.SIGTERM)
        processes[1].wait(20)
    stats = json.loads(output.read_text().splitlines()[-1])
    assert stats["clients"] == 60
    assert stats["conflicts"] == 0
    with journal.open(encoding="utf-8") as lines:
        grants = [event for event in events(lines) if isinstance(event, Grant)]
    found = {IPv6Network(grant.address) for grant in grants}
    assert {network.prefixlen for network in found} == {56, 128}
    hosts, prefixes = IPv6Network("2001:db8:1::/64"), IPv6Network("2001:db8:8000::/46")
    assert all(network.subnet_of(hosts if network.prefixlen == 128 else prefixes) for network in found)
