"""A program that follows the runbook "leave-isc" with real processes: two ISC dhcpd become two Pairwatch servers, one
after the other, under load from perfdhcp.

    ip netns exec CLIENTS python -m tests.peers.isc_leaving DIRECTORY MAIN BACKUP

It runs in the clients' network namespace; MAIN and BACKUP are the namespaces of the servers. A relay in this process
sends each packet of perfdhcp to both servers, and every ACK on the wire is recorded. The results are printed as JSON.
"""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.wires import inside
from dhcpserver.api.passwords import hash_password
from dhcpserver.migration.command import Files, carry_over
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.options4 import MessageType
from tests.live.pair import PASSWORD, LiveServer, eventually
from tests.peers.dhcpd import DhcpdServer, Site
from tests.peers.programs import program

ADDRESSES = {"main": "10.7.0.1", "backup": "10.7.0.2", "clients": "10.7.0.3"}
SITE = Site("campus", "10.7.0.1", "10.7.0.2", "10.7.0.0", "255.255.0.0", "10.7.4.0", "10.7.5.255", mclt=6, lease=600)
RELAY_PORT = 1067
CLIENTS, RATE = 100, 25
"""Each client asks every four seconds: a client that renews, and one that was started again, do the same."""
BETWEEN_SECONDS = 2.0

ADDITIONS = """
[[listener]]
address = "{address}"

[api]
address = "{address}"
port = 8067
allow-plain = true

[[user]]
name = "admin"
role = "expert"
password = "{password}"
"""
PAIR = "load-balancing = true\nstartup-time = 3\nconnect-retry = 1\nkeepalive-time = 10\nmclt = 6\n"


@dataclass(frozen=True)
class Ack:
    """One ACK on the wire."""

    at: float
    server: str
    client: str
    address: str
    until: float


class Replacement(LiveServer):
    """A Pairwatch server in the place of a dhcpd, with its configuration from `pairwatch import`."""

    def __init__(self, old: DhcpdServer, directory: Path) -> None:
        self.name, self.address = f"pairwatch-{old.role}", old.address
        self.directory, self.api, self.dhcp, self.password = directory, 8067, 67, PASSWORD
        self.process, self.environment = None, {}
        self.launcher = inside(old.namespace)
        self.missing = carry_over(Files("isc", old.configuration, None, directory, self.name), time.time()).lost
        target = directory / "config.toml"
        text = "\n".join(line for line in target.read_text().splitlines() if not line.startswith("mclt"))
        text = text.replace("allow-plain = true", f"allow-plain = true\n{PAIR}")
        target.write_text(text + ADDITIONS.format(address=old.address, password=hash_password(PASSWORD)))

    def leased(self) -> dict[str, str]:
        """The hardware address of each leased address."""
        page: dict[str, Any] = self.ask("/api/v1/leases?scope=10.7.0.0-16&limit=1000")
        return {
            each["address"]: each["hardware"].rpartition(",")[2] for each in page["leases"] if each["state"] == "leased"
        }


class Wire:
    """The relay, and the record of every ACK."""

    def __init__(self) -> None:
        self.acks: list[Ack] = []
        self._relay = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._relay.bind((ADDRESSES["clients"], RELAY_PORT))
        self._raw = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self._raw.bind(("wire", 0x0800))
        for work in (self._forward, self._record):
            threading.Thread(target=work, daemon=True).start()

    def _forward(self) -> None:
        while True:
            packet = self._relay.recv(4096)
            for role in ("main", "backup"):
                try:
                    self._relay.sendto(packet, (ADDRESSES[role], 67))
                except OSError:
                    continue  # A server that is stopped answers with ICMP.

    def _record(self) -> None:
        while True:
            octets = self._raw.recv(4096)
            start = (octets[0] & 15) * 4
            if octets[9] != socket.IPPROTO_UDP or octets[start + 2 : start + 4] != b"\0\x43":
                continue
            try:
                packet = parse(octets[start + 8 :])
            except WireError:
                continue
            if packet.op == 2 and packet.message_type == MessageType.ACK:
                now, length = time.monotonic(), int.from_bytes(packet.options[51])
                server, address = IPv4Address(octets[12:16]), IPv4Address(packet.yiaddr)
                self.acks.append(Ack(now, str(server), packet.chaddr[:6].hex(":"), str(address), now + length))

    def duplicates(self) -> list[str]:
        """The addresses that were given to a client while another client had them."""
        holders: dict[str, Ack] = {}
        found = []
        for ack in self.acks:
            before = holders.get(ack.address)
            if before is not None and before.client != ack.client and before.until > ack.at:
                found.append(f"{ack.address}: {before.client} of {before.server}, then {ack.client} of {ack.server}")
            holders[ack.address] = ack
        return found

    def current(self) -> dict[str, Ack]:
        """The last ACK of each client whose lease has not ended."""
        now = time.monotonic()
        return {ack.client: ack for ack in self.acks if ack.until > now}

    def moved(self) -> list[str]:
        """The clients that got another address while their lease had not ended."""
        last: dict[str, Ack] = {}
        found = []
        for ack in self.acks:
            before = last.get(ack.client)
            if before is not None and before.address != ack.address and before.until > ack.at:
                found.append(f"{ack.client}: {before.address} of {before.server}, then {ack.address} of {ack.server}")
            last[ack.client] = ack
        return found

    def longest_pause(self, since: float) -> float:
        """The longest time in which no client got an ACK."""
        times = [since, *(ack.at for ack in self.acks if ack.at > since), time.monotonic()]
        return max(later - earlier for earlier, later in pairwise(times))


class Leaving:
    """The steps of the runbook, with what is found in each."""

    def __init__(self, folder: Path, namespaces: dict[str, str]) -> None:
        self.folder = folder
        self.old = {role: DhcpdServer(folder / role, space, role, SITE) for role, space in namespaces.items()}
        self.new: dict[str, Replacement] = {}
        self.wire = Wire()
        self.found: dict[str, Any] = {}
        self.load: subprocess.Popen[str] | None = None

    def run(self) -> None:
        try:
            self._start()
            self._replace("backup", "main")
            self._replace("main", "backup")
            self._end()
        finally:
            for old in self.old.values():
                old.kill()
            for new in self.new.values():
                if new.process is not None:
                    new.kill(signal.SIGTERM)
            if self.load is not None and self.load.poll() is None:
                self.load.kill()

    def _start(self) -> None:
        for server in self.old.values():
            server.start()
        logs = [server.log for server in self.old.values()]
        eventually("both are normal", lambda: all("Both servers normal" in log.read_text() for log in logs), 40)
        command = [program("perfdhcp"), "-4", "-g", "single", "-l", ADDRESSES["clients"], "-L", "67"]
        command += ["-N", str(RELAY_PORT), "-r", str(RATE), "-R", str(CLIENTS), "-p", "120", ADDRESSES["clients"]]
        self.load = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.began = time.monotonic()
        eventually("every client has a lease", lambda: len(self.wire.current()) == CLIENTS, 20)
        time.sleep(BETWEEN_SECONDS)

    def _replace(self, role: str, other: str) -> None:
        """Stop one dhcpd, and start a Pairwatch server with an empty store at its address: its partner sends all."""
        old = self.old[role]
        old.kill()
        new = self.new[role] = Replacement(old, self.folder / f"pairwatch-{role}")
        began = time.monotonic()
        new.start()
        states: list[str] = []

        def normal() -> bool:
            pair = new.pair() or {}
            state = f"{pair.get('state')} {pair.get('partner_state')}"
            if not states or states[-1] != state:
                states.append(state)
            return state == "NORMAL NORMAL"

        try:
            eventually(f"{role} is NORMAL", normal, 40)
        finally:
            self.found[f"states of {role}"] = states
        self.found[f"seconds of {role}"] = round(time.monotonic() - began, 1)
        held = {ack.address: ack.client for ack in self.wire.current().values()}
        self._await_leases(role, held)
        time.sleep(BETWEEN_SECONDS)

    def _await_leases(self, role: str, held: dict[str, str]) -> None:
        """Wait until the Pairwatch server has these leases."""
        missing: dict[str, str] = {}

        def complete() -> bool:
            missing.clear()
            missing.update(held.items() - self.new[role].leased().items())
            return not missing

        try:
            eventually(f"{role} has every lease", complete, 10)
        except AssertionError as error:
            have = self.new[role].leased()
            words = [f"{address} of {client}, has {have.get(address)}" for address, client in sorted(missing.items())]
            raise AssertionError(f"{error}: {len(words)} of {len(held)} missing: {words[:5]}") from error

    def _end(self) -> None:
        assert self.load is not None
        self.found["pause"] = round(self.wire.longest_pause(self.began + 1), 1)
        self.load.send_signal(signal.SIGINT)
        self.load.communicate(timeout=20)
        current = {ack.address: ack.client for ack in self.wire.current().values()}
        for role in self.new:
            self._await_leases(role, current)
        self.found["clients"] = len(set(current.values()))
        self.found["acks"] = {
            role: sum(ack.server == address for ack in self.wire.acks) for role, address in ADDRESSES.items()
        }
        self.found["duplicates"] = self.wire.duplicates()
        self.found["moved"] = self.wire.moved()
        leased = {role: server.leased() for role, server in self.new.items()}
        self.found["equal"] = leased["main"] == leased["backup"]
        pair = self.new["main"].pair() or {}
        self.found["vendor"] = pair["link"]["partner_vendor"]
        self.found["rejected"] = pair["updates"]["rejected"]


def main(folder: Path, namespaces: dict[str, str]) -> int:
    leaving = Leaving(folder, namespaces)
    began = time.monotonic()
    failure: str | None = None
    try:
        leaving.run()
    except AssertionError as error:
        failure = str(error)
    print(json.dumps({**leaving.found, "failure": failure, "seconds": round(time.monotonic() - began, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), {"main": sys.argv[2], "backup": sys.argv[3]}))
