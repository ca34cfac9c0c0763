"""A program: our endpoint as the partner of a real ISC dhcpd, in a network namespace of its own, for about a minute.

    unshare -n python -m tests.failover.isc_partner main|backup DIRECTORY

It says what happened as JSON. Nothing here is simulated: real sockets, the real clock, the real other server. The
scenario: reach NORMAL, lease and renew here, kill the partner, go on serving, start it again, and be NORMAL again.
"""

import json
import random
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dhcpserver.failover.effects import Close, Dial, LogLine, Transmit
from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.failover.gate import MessageKind
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status, client_key
from dhcpserver.leases.pool import Pool

OURS, THEIRS = ("10.5.0.1", 6471), ("10.5.0.2", 6472)
NETWORK = 0x0A050000
MCLT = 5
CONFIGURATION = """
authoritative; default-lease-time 60; max-lease-time 60; min-lease-time 10;
failover peer "pair" {{
  {role}; address 10.5.0.2; port 6472; peer address 10.5.0.1; peer port 6471;
  max-response-delay 30; max-unacked-updates 10; load balance max seconds 3; {only_main}
}}
subnet 10.5.0.0 netmask 255.255.255.0 {{ pool {{ failover peer "pair"; range 10.5.0.100 10.5.0.139; }} }}
"""


class Shell:
    """Sockets and the clock around one endpoint."""

    def __init__(self, main: bool) -> None:
        self.pool = Pool("scope", NETWORK, 0xFFFFFF00, [(NETWORK + 100, NETWORK + 139)])
        self.book = Book([self.pool])
        settings = PairSettings("pair", main, mclt=MCLT, keepalive=30, startup_time=5, connect_retry=1, max_unacked=10)
        self.core = Endpoint(settings, self.book, None, time.time(), random.Random(1), frozenset())
        self.log: list[str] = []
        self._listener = socket.create_server(OURS)
        self._links: dict[int, socket.socket] = {}
        self._count = 0

    def turn(self, action: Callable[[float], object]) -> None:
        now = time.time()
        action(now)
        for lease in self.book.due(now, 100):
            self.core.due(lease, now)
        self.core.flush(now)
        self.book.take_changes()
        for effect in self.core.take_effects():
            if isinstance(effect, LogLine):
                self.log.append(effect.text)
            elif isinstance(effect, Transmit):
                self._links[effect.connection].sendall(effect.data)
            elif isinstance(effect, Close):
                self._links.pop(effect.connection).close()
            elif isinstance(effect, Dial):
                self._dial()

    def _dial(self) -> None:
        try:
            link = socket.create_connection(THEIRS, 2, source_address=(OURS[0], 0))
        except OSError as error:
            cause = str(error)
            self.turn(lambda now: self.core.dial_failed(now, cause))
        else:
            self._add(link, outbound=True)

    def _add(self, link: socket.socket, *, outbound: bool) -> None:
        self._count += 1
        number = self._count
        self._links[number] = link
        self.turn(
            lambda now: self.core.link_up(
                number, now, outbound=outbound, transport="ipv4", local=OURS[0], remote=THEIRS[0]
            )
        )

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        end = time.time() + seconds
        while time.time() < end and not until():
            wait = max(0.0, min(0.2, self.core.next_deadline() - time.time()))
            ready = select.select([self._listener, *self._links.values()], [], [], wait)[0]
            for number, link in list(self._links.items()):
                if link in ready:
                    self._read(number, link)
            if self._listener in ready:
                self._add(self._listener.accept()[0], outbound=False)
            self.turn(self.core.tick)
        return until()

    def _read(self, number: int, link: socket.socket) -> None:
        try:
            data = link.recv(65536)
        except OSError:
            data = b""
        if data:
            self.turn(lambda now: self.core.link_data(number, data, now))
        elif self._links.pop(number, None) is not None:
            link.close()
            self.turn(lambda now: self.core.link_down(number, now, "closed"))

    def lease(self, client: int, kind: MessageKind) -> int | None:
        """A client wants a minute; how long it gets, None for silence."""
        told: list[int] = []

        def act(now: float) -> None:
            hardware = bytes((1, 2, 0, 0, 0, 0, client))
            key = client_key(None, hardware)
            if not self.core.answers(kind, key).answer:
                return
            lease = next((one for one in self.book.of_client(key) if self.core.may_give(one, key, now)), None)
            if lease is None:
                address = self.core.sources(self.pool, now)[0].lowest()
                lease = None if address is None else self.book.record(address)
            if lease is None:
                return
            seconds = self.core.lease_seconds(lease, 60, now)
            self.book.set_client(lease, None, hardware)
            self.book.set_status(lease, Status.ACTIVE, int(now))
            lease.cltt, lease.state_exp = int(now), int(now) + seconds
            self.core.granted(lease, 60, now)
            told.append(seconds)

        self.turn(act)
        return told[0] if told else None

    def normal(self) -> bool:
        return self.core.state is State.NORMAL and self.core.communications_ok


def start_isc(directory: Path) -> subprocess.Popen[bytes]:
    names = {"-cf": "dhcpd.conf", "-lf": "leases", "-pf": "pid"}
    files = [word for option, name in names.items() for word in (option, str(directory / name))]
    with (directory / "log").open("ab") as log:
        return subprocess.Popen(["/usr/sbin/dhcpd", "-4", "-d", "-f", *files, "d0"], stderr=log)


def main(role: str, directory: Path) -> dict[str, Any]:
    for command in (
        "link set lo up",
        "link add d0 type veth peer name d1",
        "link set d1 up",
        "addr add 10.5.0.1/24 dev d0",
        "addr add 10.5.0.2/24 dev d0",
        "link set d0 up",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    other = {"main": ("secondary", ""), "backup": ("primary", f"mclt {MCLT}; split 128;")}[role]
    (directory / "dhcpd.conf").write_text(CONFIGURATION.format(role=other[0], only_main=other[1]))
    (directory / "leases").touch()
    isc = start_isc(directory)
    shell = Shell(role == "main")
    found: dict[str, Any] = {}
    try:
        shell.turn(shell.core.start)
        found["normal"] = shell.run(40, shell.normal)
        found["balanced"] = shell.run(10, lambda: len(shell.pool.backup) == 20)
        shell.run(1)
        found["new"] = shell.lease(1, MessageKind.NEW)
        found["renewed"] = [shell.lease(1, MessageKind.RENEWING)]
        shell.run(2)
        found["renewed"].append(shell.lease(1, MessageKind.RENEWING))
        shell.run(1)
        isc.kill()
        isc.wait()
        found["interrupted"] = shell.run(10, lambda: shell.core.state is State.COMMUNICATIONS_INTERRUPTED)
        found["alone"] = shell.lease(2, MessageKind.NEW)
        shell.run(2)
        isc = start_isc(directory)
        found["again"] = shell.run(30, shell.normal)
        shell.run(3)
        view = shell.core.view(time.time())
        found["told"] = view.unacked_updates == view.updates_pending == view.updates_resting == 0
        found["rejected"] = view.updates.rejected
        found["vendor"] = view.link.partner_vendor if view.link else None
    finally:
        isc.kill()
        isc.wait()
    found["leases"] = (directory / "leases").read_text(errors="replace").count("binding state active")
    found["log"] = shell.log
    return found


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
