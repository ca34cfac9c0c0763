"""Three network namespaces in a row: the generator, the main server and the backup server.

    generator 10.66.0.1, fd66::1 --- 10.66.0.2, fd66::2 main 10.66.1.2 --- 10.66.1.3 backup

Every pair is measured on the same network: packets of clients reach the main through a virtual Ethernet, relayed with
the generator's address, and the partners use another one. No packet leaves the host.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

GENERATOR_ADDRESS = "10.66.0.1"
MAIN_ADDRESS = "10.66.0.2"
MAIN_LINK_ADDRESS = "10.66.1.2"
BACKUP_LINK_ADDRESS = "10.66.1.3"
CLIENT_NETWORK = "10.66.0.0/24"
GENERATOR_ADDRESS6 = "fd66::1"
MAIN_ADDRESS6 = "fd66::2"

MAIN_CLIENT_INTERFACE = "clients"
MAIN_LINK_INTERFACE = "partner"
BACKUP_INTERFACE = "partner"


@dataclass(frozen=True, slots=True)
class Network:
    """The names of the namespaces."""

    generator: str
    main: str
    backup: str


def inside(namespace: str, command: list[str]) -> list[str]:
    """The command that runs a command in a namespace."""
    return ["ip", "netns", "exec", namespace, *command]


@contextlib.contextmanager
def network() -> Iterator[Network]:
    """The three namespaces; they are removed at the end."""
    made = Network(*(f"pairwatch-{os.getpid()}-{role}" for role in ("generator", "main", "backup")))
    names = (made.generator, made.main, made.backup)
    try:
        for name in names:
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", made.generator, "link", "add", "main", "type", "veth",
            "peer", "name", MAIN_CLIENT_INTERFACE, "netns", made.main)  # fmt: skip
        _ip("-n", made.main, "link", "add", MAIN_LINK_INTERFACE, "type", "veth",
            "peer", "name", BACKUP_INTERFACE, "netns", made.backup)  # fmt: skip
        for name, interface, address in (
            (made.generator, "main", GENERATOR_ADDRESS),
            (made.main, MAIN_CLIENT_INTERFACE, MAIN_ADDRESS),
            (made.main, MAIN_LINK_INTERFACE, MAIN_LINK_ADDRESS),
            (made.backup, BACKUP_INTERFACE, BACKUP_LINK_ADDRESS),
        ):
            _ip("-n", name, "address", "add", f"{address}/24", "dev", interface)
            _ip("-n", name, "link", "set", interface, "up")
        for name, interface, address in (
            (made.generator, "main", GENERATOR_ADDRESS6),
            (made.main, MAIN_CLIENT_INTERFACE, MAIN_ADDRESS6),
        ):
            _ip("-n", name, "address", "add", f"{address}/64", "dev", interface, "nodad")
        yield made
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


def datagrams_lost(namespace: str) -> int:
    """The number of UDP datagrams that were dropped in the namespace because a socket buffer was full."""
    command = inside(namespace, ["cat", "/proc/net/snmp", "/proc/net/snmp6"])
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    names, values = (line.split() for line in lines if line.startswith("Udp:"))
    over_ipv6 = (line.split()[1] for line in lines if line.startswith("Udp6RcvbufErrors"))
    return int(values[names.index("RcvbufErrors")]) + sum(map(int, over_ipv6))


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}: network namespaces need root")
