"""A program that runs a Pairwatch server and an ISC dhcpd as a pair, with clients behind a relay, for half a minute.

    ip netns exec CLIENTS python -m tests.peers.isc_scenario main|backup DIRECTORY OURS THEIRS

It runs in the clients' network namespace; OURS and THEIRS are the namespaces of Pairwatch and of ISC dhcpd. Processes,
sockets, packets and disks are real. The results are printed as JSON, and a test checks them.
"""

import json
import re
import signal
import subprocess
import sys
import time
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from benchmarks.wires import inside
from dhcpserver.api.passwords import hash_password
from tests.live.pair import PASSWORD, DhcpEndpoint, LiveServer, RelayedClient, eventually

ADDRESSES = {"ours": "10.5.0.1", "theirs": "10.5.0.2", "clients": "10.5.0.3"}
FIRST, LAST, SIZE = "10.5.0.100", "10.5.0.139", 40
MCLT = 15
LEASE = 60
CLIENTS = 16
PORT = 647

_OURS = """
[server]
name = "pairwatch"

[[listener]]
address = "10.5.0.1"

[api]
address = "10.5.0.1"
port = 8067
allow-plain = true

[[user]]
name = "admin"
role = "expert"
password = "{password}"

[[cluster]]
name = "pairwatch"
ipaddr = "10.5.0.1"

[[cluster]]
name = "isc"
ipaddr = "10.5.0.2"

[[failover-pair]]
name = "pair"
main = "{main}"
backup = "{backup}"
mclt = {mclt}
load-balancing = true
startup-time = 3
connect-retry = 1
keepalive-time = 30
allow-plain = true

[[policy]]
name = "default"
dhcp-lease-time = {lease}
grace-period = 0

[[scope]]
name = "s1"
subnet = "10.5.0.0/24"
ranges = ["{first}-{last}"]
"""

_THEIRS = """
authoritative; ping-check false; ddns-update-style none;
default-lease-time {lease}; max-lease-time {lease}; min-lease-time 10;
failover peer "pair" {{
  {role}; address 10.5.0.2; port 647; peer address 10.5.0.1; peer port 647;
  max-response-delay 8; max-unacked-updates 10; load balance max seconds 3; {only_main}
}}
subnet 10.5.0.0 netmask 255.255.255.0 {{ pool {{ failover peer "pair"; range {first} {last}; }} }}
"""

_LEASE = re.compile(r"^lease (\S+) \{(.*?)^\}", re.DOTALL | re.MULTILINE)
_STATE = re.compile(r"^\s*binding state (\w+);", re.MULTILINE)


class PairwatchServer(LiveServer):
    """The Pairwatch server in its namespace."""

    def __init__(self, directory: Path, namespace: str, main: bool) -> None:
        self.name = "pairwatch"
        self.address = ADDRESSES["ours"]
        self.directory = directory
        self.namespace = namespace
        self.api, self.dhcp, self.password = 8067, 67, PASSWORD
        self.process = None
        names = ("pairwatch", "isc") if main else ("isc", "pairwatch")
        text = _OURS.format(
            password=hash_password(PASSWORD),
            main=names[0],
            backup=names[1],
            mclt=MCLT,
            lease=LEASE,
            first=FIRST,
            last=LAST,
        )
        (directory / "config.toml").write_text(text)

    def start(self) -> None:
        command = [sys.executable, "-m", "dhcpserver.main", "--data", str(self.directory)]
        with (self.directory / "stderr").open("ab") as errors:
            self.process = subprocess.Popen(inside(self.namespace, *command), stderr=errors)

    def leases(self) -> dict[str, str]:
        """Return the state of each address in the Pairwatch server."""
        found: list[dict[str, Any]] = self.ask("/api/v1/leases?scope=s1&limit=1000")["leases"]
        return {lease["address"]: lease["state"] for lease in found}


class IscServer:
    """ISC dhcpd in its namespace."""

    address, dhcp = ADDRESSES["theirs"], 67

    def __init__(self, directory: Path, namespace: str, main: bool) -> None:
        self.directory = directory
        self.namespace = namespace
        only_main = f"mclt {MCLT}; split 128;" if main else ""
        role = "primary" if main else "secondary"
        text = _THEIRS.format(role=role, only_main=only_main, lease=LEASE, first=FIRST, last=LAST)
        (directory / "dhcpd.conf").write_text(text)
        (directory / "leases").touch()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        names = {"-cf": "dhcpd.conf", "-lf": "leases", "-pf": "pid"}
        files = [word for option, name in names.items() for word in (option, str(self.directory / name))]
        with (self.directory / "log").open("ab") as log:
            command = inside(self.namespace, "/usr/sbin/dhcpd", "-4", "-d", "-f", *files, "wire")
            self.process = subprocess.Popen(command, stderr=log)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def log(self) -> str:
        return (self.directory / "log").read_text(errors="replace")

    def leases(self) -> dict[str, str]:
        """Return the state of each address in its lease file: the last entry counts."""
        text = (self.directory / "leases").read_text(errors="replace")
        states = {}
        for address, body in _LEASE.findall(text):
            state = _STATE.search(body)
            if state is not None:
                states[address] = state.group(1)
        return states


class Scenario:
    """The pair, its clients, and the results."""

    def __init__(self, role: str, directory: Path, namespaces: tuple[str, str]) -> None:
        self.main = role == "main"
        for name in ("ours", "theirs"):
            (directory / name).mkdir()
        self.ours = PairwatchServer(directory / "ours", namespaces[0], self.main)
        self.theirs = IscServer(directory / "theirs", namespaces[1], not self.main)
        self.found: dict[str, Any] = {}

    def run(self) -> dict[str, Any]:
        self.ours.start()
        self.theirs.start()
        try:
            self._together()
            self._without_theirs()
            self._without_ours()
            self._ended()
        finally:
            self.theirs.kill()
            if self.ours.process is not None:
                self.ours.kill(signal.SIGTERM)
        return self.found

    def normal(self) -> None:
        eventually("both are NORMAL", lambda: self._state() == ("NORMAL", "NORMAL"), 40)

    def _state(self) -> tuple[str, str]:
        pair = self.ours.pair() or {}
        return str(pair.get("state")), str(pair.get("partner_state"))

    def _together(self) -> None:
        """First start: equal shares of the pool, and one server answers each client."""
        self.normal()
        eventually("the shares are equal", lambda: self._halves() == (SIZE // 2, SIZE // 2), 20)
        self.found["halves"] = self._halves()
        answered: list[tuple[bool, bool]] = []
        given: dict[str, str] = {}
        for number in range(1, CLIENTS + 1):
            served = []
            for name, server in (("ours", self.ours), ("theirs", self.theirs)):
                address = self._lease(number, server)
                served.append(address is not None)
                if address is not None:
                    given[address] = name
            answered.append((served[0], served[1]))
        self.found["answered"] = answered
        self._replicated("together", given)

    def _lease(self, number: int, server: DhcpEndpoint, patience: float = 0.4) -> str | None:
        client = RelayedClient(number, ADDRESSES["clients"])
        client.patience = patience
        try:
            return client.get(server)
        finally:
            client.close()

    def _replicated(self, when: str, given: dict[str, str]) -> None:
        """Wait until each leased address is leased on the other server too."""
        on_ours = {address for address, name in given.items() if name == "theirs"}
        on_theirs = set(given) - on_ours

        def done() -> bool:
            ours, theirs = self.ours.leases(), self.theirs.leases()
            return all(ours.get(address) == "leased" for address in on_ours) and all(
                theirs.get(address) == "active" for address in on_theirs
            )

        self.found[f"replicated {when}"] = (len(on_ours), len(on_theirs))
        eventually(f"leases are on the other server: {when}", done, 10)

    def _halves(self) -> tuple[int, int]:
        """Return the sizes of the two shares by the Pairwatch server, its own first."""
        pool = (self.ours.pair() or {"pools": [{"available": 0, "other_available": 0}]})["pools"][0]
        return int(pool["available"]), int(pool["other_available"])

    def _without_theirs(self) -> None:
        self.theirs.kill()
        eventually("Pairwatch detects it", lambda: self._state()[0] == "COMMUNICATIONS-INTERRUPTED", 10)
        given = {}
        for number in (101, 102, 103):
            client = RelayedClient(number, ADDRESSES["clients"])
            address = client.get(self.ours)
            client.close()
            assert address is not None, f"client {number} is served without the partner"
            given[address] = "ours"
            self.found.setdefault("alone", []).append(client.seconds)
        self.theirs.start()
        self.normal()
        self._replicated("after its return", given)

    def _without_ours(self) -> None:
        self.ours.kill()
        eventually("ISC detects it", lambda: "to communications-interrupted" in self._lately(self.theirs.log()), 10)
        given = {}
        for number in (111, 112, 113):
            address = self._lease(number, self.theirs, 2.0)
            assert address is not None, f"client {number} is served by ISC without Pairwatch"
            given[address] = "theirs"
        self.ours.start()
        self.normal()
        self._replicated("after our return", given)

    @staticmethod
    def _lately(log: str) -> str:
        return log[log.rfind("to normal") :]

    def _ended(self) -> None:
        """A release frees the address on both; the shares are balanced again, and both servers have the same shares."""
        client = RelayedClient(201, ADDRESSES["clients"])
        address = eventually("a client is answered", lambda: client.get(self.ours) or client.get(self.theirs), 10)
        server: DhcpEndpoint = self.ours if client.server == IPv4Address(ADDRESSES["ours"]).packed else self.theirs
        self._replicated("before its release", {address: "ours" if server is self.ours else "theirs"})
        client.release(server)
        client.close()
        free = ("free", "backup")
        eventually("it is free at ISC", lambda: self.theirs.leases().get(address) in free, 15)
        eventually(
            "it is free at Pairwatch",
            lambda: self.ours.leases().get(address, "available") in ("available", "other-available"),
            15,
        )
        eventually("both agree on every address", lambda: not self._differences(), 20)
        ours, theirs = self._halves()
        self.found["halves in the end"] = (ours, theirs)
        pair = self.ours.pair() or {}
        self.found["rejected"] = pair["updates"]["rejected"]
        self.found["pending"] = pair["updates_pending"] + pair["unacked_updates"]
        self.found["vendor"] = pair["link"]["partner_vendor"]

    def _differences(self) -> list[str]:
        """Return the addresses whose states differ. ISC's name for the main's share is `free`."""
        mine, others = ("free", "backup") if self.main else ("backup", "free")
        same = {"leased": "active", "available": mine, "other-available": others}
        ours, theirs = self.ours.leases(), self.theirs.leases()
        first = int(IPv4Address(FIRST))
        found = []
        for number in range(first, first + SIZE):
            address = str(IPv4Address(number))
            here = ours.get(address, "available" if self.main else "other-available")
            there = theirs.get(address, "free")
            if same.get(here) != there:
                found.append(f"{address}: {here} at Pairwatch, {there} at ISC")
        return found


def main(role: str, directory: Path, ours: str, theirs: str) -> int:
    scenario = Scenario(role, directory, (ours, theirs))
    began = time.monotonic()
    failure: str | None = None
    try:
        scenario.run()
    except AssertionError as error:
        failure = str(error)
    scenario.found["failure"] = failure
    scenario.found["seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(scenario.found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
