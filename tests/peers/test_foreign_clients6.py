"""Clients and a relay of other authors with DHCPv6, for an address and a prefix each, while the main is killed.

dhclient behind dhcrelay, which forwards to both partners; dhcpcd and systemd-networkd on the link of the servers.
odhcp6c is not in Debian 12, so it is not tested.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv6Address, IPv6Network
from pathlib import Path

import pytest

from tests.live.pair import eventually
from tests.peers.programs import end_client, missing, program
from tests.peers.site6 import ADDRESSES, BRANCH, PREFIXES, Site, no_tentative, running_site
from tests.peers.test_dhclient import ip

pytestmark = [pytest.mark.peer, pytest.mark.live]

LIFETIMES = (24, 16)
"""So short that every client has to rebind within the test, at 0.8 of the preferred lifetime."""
NETWORKD = Path("/lib/systemd/systemd-networkd")
DHCPCD_CONF = """
duid ll
noipv6rs
noipv4
interface link
ia_na 1
ia_pd 2/::/56 -
"""
NETWORK = """
[Match]
Name=link
[Network]
DHCP=ipv6
IPv6AcceptRA=no
[DHCPv6]
WithoutRA=solicit
DUIDType=link-layer
PrefixDelegationHint=::/56
"""
PRIVATE = """
set -e
mount -t tmpfs none /run
mount -t tmpfs none /var/lib
mkdir -p /run/systemd/netif /run/systemd/network /run/dhcpcd /var/lib/dhcpcd
chmod -R 777 /run/systemd /var/lib/dhcpcd
"""
"""Folders of their own, so that the clients neither read nor change those of the host. Run in a mount namespace."""


@dataclass(frozen=True)
class Foreign:
    """A client: its hardware address, by which its leases are found, and the networks that they come from."""

    hardware: str
    namespace: str
    addresses: IPv6Network
    prefixes: IPv6Network
    shows: Callable[[], str]
    """What the client itself has: its interface, or its lease file."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running_site(tmp_path, LIFETIMES) as found:
        yield found


def run(namespace: str, command: list[str], output: Path, cleanup: ExitStack) -> None:
    """Start a program in a namespace, until the end of the test."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [program("ip"), "netns", "exec", namespace, *command],
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    cleanup.callback(end_client, process)


def on_interface(namespace: str) -> str:
    command = [program("ip"), "-n", namespace, "-6", "address", "show", "dev", "link", "scope", "global"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def behind_relay(site: Site, cleanup: ExitStack) -> Foreign:
    """Dhclient on a link of its own; dhcrelay has an interface there and one on the link of the servers."""
    hardware = "02:00:00:00:06:01"
    relay = site.joined("relay", "02:00:00:00:06:00", cleanup)
    client = f"{relay}-client"
    ip("netns", "add", client)
    cleanup.callback(ip, "netns", "delete", client)
    place = ("address", hardware, "netns", client)
    ip("-n", relay, "link", "add", "branch", "type", "veth", "peer", "name", "link", *place)
    for namespace, interface in ((relay, "branch"), (client, "lo"), (client, "link")):
        ip("-n", namespace, "link", "set", "dev", interface, "up")
    ip("-n", relay, "address", "add", "2001:db8:1::9/64", "dev", "link", "nodad")
    ip("-n", relay, "address", "add", "2001:db8:2::1/64", "dev", "branch", "nodad")
    for namespace in (relay, client):
        eventually("no other machine has the addresses of the links", partial(no_tentative, namespace))
    servers = ("-u", "2001:db8:1::1%link", "-u", "2001:db8:1::2%link")
    relaying = [program("dhcrelay"), "-6", "-d", "--no-pid", "-l", "2001:db8:2::1%branch", *servers]
    run(relay, relaying, site.directory / "dhcrelay", cleanup)
    leases = site.directory / "behind.leases"
    files = ("-sf", "/bin/true", "-lf", str(leases), "-pf", str(site.directory / "behind.pid"))
    asking = [program("dhclient"), "-6", "-d", "-D", "LL", *files, "-N", "-P", "link"]
    run(client, asking, site.directory / "behind", cleanup)
    return Foreign(hardware, client, *BRANCH, lambda: leases.read_text() if leases.exists() else "")


def dhcpcd(site: Site, cleanup: ExitStack) -> Foreign:
    hardware = "02:00:00:00:06:02"
    namespace = site.joined("dhcpcd", hardware, cleanup)
    eventually("no other machine has the addresses of the links", partial(no_tentative, namespace))
    conf = site.directory / "dhcpcd.conf"
    conf.write_text(DHCPCD_CONF)
    own = f"{PRIVATE}exec {program('dhcpcd')} -B -d -f {conf} -c /bin/true link"
    run(namespace, [program("unshare"), "--mount", "sh", "-c", own], site.directory / "dhcpcd", cleanup)
    return Foreign(hardware, namespace, ADDRESSES, PREFIXES, partial(on_interface, namespace))


def networkd(site: Site, cleanup: ExitStack) -> Foreign:
    """Without udev, which it waits for unless /sys is read-only."""
    if not NETWORKD.exists():
        missing("systemd-networkd is not installed")
    hardware = "02:00:00:00:06:03"
    namespace = site.joined("networkd", hardware, cleanup)
    written = f"printf '%s' '{NETWORK}' > /run/systemd/network/10-link.network"
    own = f"{PRIVATE}mount -o remount,ro /sys\n{written}\nexec {NETWORKD}"
    run(namespace, [program("unshare"), "--mount", "sh", "-c", own], site.directory / "networkd", cleanup)
    return Foreign(hardware, namespace, ADDRESSES, PREFIXES, partial(on_interface, namespace))


CLIENTS = (behind_relay, dhcpcd, networkd)


def test_every_client_keeps_its_address_and_its_prefix_when_the_main_is_killed(site: Site) -> None:
    """R-005, R-018, R-022: both partners have the leases, and the backup alone extends them."""
    with ExitStack() as cleanup:
        clients = [start(site, cleanup) for start in CLIENTS]
        before = {client.hardware: given(site, client) for client in clients}
        site.servers["a"].send_signal(signal.SIGKILL)
        killed = int(time.time())
        for client in clients:
            leases = before[client.hardware]
            what = f"the backup extends the leases of {client.namespace}"
            eventually(what, partial(extended, site, client, leases, killed), 45)
            assert text_of_address(leases) in client.shows()


def given(site: Site, client: Foreign) -> frozenset[tuple[int, int]]:
    """The leases of a client, when both partners have them and the client shows its address."""

    def both() -> frozenset[tuple[int, int]] | None:
        found = site.bindings("a", client.hardware).keys()
        same = found == site.bindings("b", client.hardware).keys()
        return frozenset(found) if same and {length for _, length in found} == {0, 56} else None

    leases = eventually(f"both have an address and a prefix of {client.namespace}", both, 30)
    for value, length in leases:
        assert IPv6Address(value) in (client.prefixes if length else client.addresses)
    eventually("the client has it", lambda: text_of_address(leases) in client.shows())
    return leases


def extended(site: Site, client: Foreign, leases: frozenset[tuple[int, int]], killed: int) -> bool:
    found = site.bindings("b", client.hardware)
    return found.keys() == leases and all(at > killed for at in found.values())


def text_of_address(leases: frozenset[tuple[int, int]]) -> str:
    (address,) = [value for value, length in leases if not length]
    return str(IPv6Address(address))
