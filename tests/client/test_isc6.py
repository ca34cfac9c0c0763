"""The DHCPv6 client library and its relay against ISC dhcpd."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.programs import need_root, program

RELAY, SERVER, LINK = "fd66::1", "fd66::2", "2001:db8:0:1::1"
CONFIGURATION = """
default-lease-time 7200;
preferred-lifetime 3600;
option dhcp-renewal-time 1800;
option dhcp-rebinding-time 2880;
subnet6 fd66::/64 {}
subnet6 2001:db8:0:1::/64 {
  range6 2001:db8:0:1::1000 2001:db8:0:1::1fff;
  range6 2001:db8:0:1:1::/80 temporary;
  prefix6 2001:db8:100:: 2001:db8:100:ff00:: /56;
}
"""


@contextmanager
def two_networks() -> Iterator[tuple[str, str]]:
    """Two network namespaces with one wire between them: of the relay, and of the server."""
    names = tuple(f"pw6{end}{os.getpid()}" for end in "ab")
    script = [f"ip netns add {name}" for name in names]
    script.append(f"ip -n {names[0]} link add wire type veth peer name wire netns {names[1]}")
    for name, address in zip(names, (RELAY, SERVER), strict=True):
        script.append(f"ip netns exec {name} sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.wire.accept_dad=0")
        script.append(f"ip -n {name} link set lo up")
        script.append(f"ip -n {name} link set wire up")
        script.append(f"ip -n {name} addr add {address}/64 dev wire nodad")
    try:
        for line in script:
            subprocess.run(line.split(), check=True)
        yield names[0], names[1]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False)


@contextmanager
def isc_dhcpd(namespace: str, folder: Path) -> Iterator[Path]:
    """Run ISC dhcpd for DHCPv6; the value is its log."""
    (folder / "dhcpd.conf").write_text(CONFIGURATION, encoding="utf-8")
    (folder / "leases").touch()
    log = folder / "log"
    files = ["-cf", str(folder / "dhcpd.conf"), "-lf", str(folder / "leases"), "-pf", str(folder / "pid")]
    command = ["ip", "netns", "exec", namespace, program("dhcpd"), "-6", "-d", "-f", *files, "wire"]
    with log.open("w") as output, subprocess.Popen(command, stderr=output) as process:
        try:
            deadline = time.monotonic() + 10
            while "Server starting service" not in log.read_text() and time.monotonic() < deadline:
                assert process.poll() is None, log.read_text()
                time.sleep(0.02)
            yield log
        finally:
            process.terminate()


@pytest.mark.peer
@pytest.mark.live
def test_a_relayed_client_goes_through_its_leases_of_isc_dhcpd(tmp_path: Path) -> None:
    """Two addresses, a temporary one and two prefixes: granted, renewed, rebound, confirmed, refused and released."""
    need_root()
    with two_networks() as (relay, server), isc_dhcpd(server, tmp_path) as log:
        command = ["ip", "netns", "exec", relay, sys.executable, "-m", "tests.client.relayed6", LINK, RELAY, SERVER]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr + log.read_text()
        got, renewed, rebound, confirmed, refused, released = json.loads(done.stdout)
        text = log.read_text()
    kinds = [line.split()[1] for line in got[:-1]]
    assert kinds == ["NA1", "NA2", "TA3", "PD4", "PD5"], got
    assert all(line.startswith("REQUESTING ") for line in got[:-1])
    assert all(line.endswith("/56") for line in got[3:5])
    assert got[-1] == "BOUND"
    leases = sorted(line.split()[1:] for line in got[:-1])
    assert sorted(line.split()[1:] for line in renewed[:-1]) == leases
    assert all(line.startswith("RENEWING ") for line in renewed[:-1])
    assert sorted(line.split()[1:] for line in rebound[:-1]) == leases
    assert all(line.startswith("REBINDING ") for line in rebound[:-1])
    assert confirmed == ["confirmed", "BOUND"]
    assert refused[0] == "LeaseEnded6"
    assert released == ["LeaseEnded6"] * 5 + ["IDLE"]
    assert text.count("Malformed") == 0
    assert (text.count("releases address"), text.count("releases prefix")) == (2, 2), "it logs no temporary addresses"
