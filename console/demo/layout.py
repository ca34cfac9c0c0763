"""The layout of a demo: addresses, free ports, files and their configurations.

Both servers have their own addresses in 127.0.0.0/8, all of which is this host. So are the networks of the demo's own
clients, which therefore receive unicast at the addresses that they lease, as RFC 2131 requires for renewals.
"""

import secrets
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from console.demo import ipv6
from console.demo.options import DemoError, DemoOptions

PAIR = "example-pair"
USER = "admin"
MAIN_ADDRESS, BACKUP_ADDRESS, TRAP_ADDRESS = "127.0.0.11", "127.0.0.12", "127.0.0.1"
MAIN_PORT6, BACKUP_PORT6 = 5547, 5548
"""Both servers have one address for DHCPv6, because IPv6 has only one on loopback."""
POPULATION_NETWORKS = (("office", IPv4Network("127.21.0.0/22")), ("lab", IPv4Network("127.22.0.0/22")))
POPULATION_POOL = 1000
"""Addresses in each scope of the demo's own clients: enough that a steady demo forecasts no exhaustion."""
WIFI_NETWORK = IPv4Address("10.64.0.0")
LARGEST_POOL = 1_000_000

_SERVER = """\
# Written by the demo. All settings of a server are in docs/configuration.md.
[server]
name = "{name}"
log-settings = ["default", "failover-detail"]
traps-enabled = ["all"]

[[listener]]
address = "{address}"
port = {dhcp}

[api]
address = "{address}"
port = {api}

[[user]]
name = "{user}"
role = "expert"
password = "{password}"

[[cluster]]
name = "dhcp-a"
ipaddr = "{main_address}"

[[cluster]]
name = "dhcp-b"
ipaddr = "{backup_address}"

[[failover-pair]]
name = "{pair}"
main = "dhcp-a"
backup = "dhcp-b"
mclt = {mclt}
main-port = {main_port}
backup-port = {backup_port}
startup-time = 2
connect-retry = 2
keepalive-time = 10

[[trap-recipient]]
name = "console"
ip-addr = "{trap_address}"
port-number = {traps}

[[policy]]
name = "default"
dhcp-lease-time = 300
grace-period = 10
valid-lifetime = 300
preferred-lifetime = 200
default-prefix-length = 56
"""

_SCOPE = """
[[scope]]
name = "{name}"
subnet = "{subnet}"
ranges = ["{first}-{last}"]
relay-subnets = {relays}
"""

_CONSOLE = """\
# Written by the demo: the configuration of its console.
[[pair]]
name = "{pair}"
environment = "demo"
write = true

[[pair.server]]
name = "dhcp-a"
role = "main"
api = "http://{main_address}:{main_api}"
user = "{user}"
password_file = "password"
log = "dhcp-a/logs/name_dhcp_1_log"
trap_sources = ["{main_address}"]

[[pair.server]]
name = "dhcp-b"
role = "backup"
api = "http://{backup_address}:{backup_api}"
user = "{user}"
password_file = "password"
log = "dhcp-b/logs/name_dhcp_1_log"
trap_sources = ["{backup_address}"]

[traps]
listen = "{trap_address}:{traps}"
communities = ["public"]

[console]
journal = "journal.db"
audit_log = "audit.log"
"""


@dataclass(frozen=True, slots=True)
class ServerLayout:
    """One server: its name, role, address, ports and data directory. `dhcp6` is None on a host without IPv6."""

    name: str
    role: str
    address: str
    api: int
    dhcp: int
    dhcp6: int | None
    failover: int
    data: Path

    def as_json(self, pid: int) -> dict[str, Any]:
        """Its entry in `demo.json`."""
        return {
            "name": self.name,
            "role": self.role,
            "pid": pid,
            "api": f"http://{self.address}:{self.api}",
            "dhcp4": f"{self.address}:{self.dhcp}",
            "dhcp6": self.endpoint6,
            "failover": f"{self.address}:{self.failover}",
            "data": str(self.data),
            "log": str(self.data / "logs" / "name_dhcp_1_log"),
        }

    @property
    def endpoint6(self) -> str | None:
        """The address and port of DHCPv6."""
        return None if self.dhcp6 is None else f"[{ipv6.ADDRESS}]:{self.dhcp6}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole demo. `cable` is the port, at the backup's address, through which the main connects to the backup.

    `without6` is the reason why there is no DHCPv6, empty where there is.
    """

    directory: Path
    main: ServerLayout
    backup: ServerLayout
    cable: int
    traps: int
    password: str
    without6: str

    @property
    def servers(self) -> tuple[ServerLayout, ServerLayout]:
        """The main and the backup."""
        return (self.main, self.backup)

    @property
    def config(self) -> Path:
        """The path of the console's configuration."""
        return self.directory / "pairwatch.toml"

    @property
    def password_file(self) -> Path:
        """The path of the password file, which only its owner may read."""
        return self.directory / "password"

    def as_json(self, pids: tuple[int, int]) -> dict[str, Any]:
        """The content of `demo.json`."""
        return {
            "pair": PAIR,
            "servers": [server.as_json(pid) for server, pid in zip(self.servers, pids, strict=True)],
            "traps": f"{TRAP_ADDRESS}:{self.traps}",
            "config": str(self.config),
            "user": USER,
            "password_file": str(self.password_file),
        }


def plan_layout(directory: Path) -> Layout:
    """A layout in this directory, with ports that are free now. Raises DemoError."""
    ports6: tuple[int | None, int | None] = (None, None)
    without6 = ""
    try:
        ports6 = (
            _free(ipv6.ADDRESS, MAIN_PORT6, socket.SOCK_DGRAM),
            _free(ipv6.ADDRESS, BACKUP_PORT6, socket.SOCK_DGRAM),
        )
    except OSError as error:
        without6 = f"{ipv6.ADDRESS} cannot be used ({error.strerror})"
    try:
        servers = [
            ServerLayout(
                name,
                role,
                address,
                _free(address, 8067),
                _free(address, 6067, socket.SOCK_DGRAM),
                port6,
                _free(address, 6647),
                directory / name,
            )
            for name, role, address, port6 in (
                ("dhcp-a", "main", MAIN_ADDRESS, ports6[0]),
                ("dhcp-b", "backup", BACKUP_ADDRESS, ports6[1]),
            )
        ]
        traps = _free(TRAP_ADDRESS, 10162, socket.SOCK_DGRAM)
        cable = _free(BACKUP_ADDRESS, 6648)
    except OSError as error:
        raise DemoError(f"no port can be opened on loopback ({error.strerror}): is 127.0.0.0/8 up?") from error
    return Layout(directory, servers[0], servers[1], cable, traps, secrets.token_urlsafe(12), without6)


def _free(address: str, wanted: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """The wanted port if it is free at that address, else any free port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for port in (wanted, 0):
        with socket.socket(family, kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                if port == 0:
                    raise
                continue
            found: int = probe.getsockname()[1]
            return found
    raise AssertionError("port 0 is always free or an error")


def write_files(layout: Layout, options: DemoOptions, password_hash: str, cut: bool) -> None:
    """Write all configurations. With `cut` the main connects through the cable, which can be cut."""
    layout.directory.mkdir(parents=True, exist_ok=True)
    layout.password_file.touch(mode=0o600)
    layout.password_file.chmod(0o600)
    layout.password_file.write_text(layout.password + "\n", encoding="utf-8")
    for server in layout.servers:
        server.data.mkdir(exist_ok=True)
        through_cable = cut and server is layout.main
        text = _SERVER.format(
            name=server.name,
            address=server.address,
            dhcp=server.dhcp,
            api=server.api,
            user=USER,
            password=password_hash,
            main_address=MAIN_ADDRESS,
            backup_address=BACKUP_ADDRESS,
            pair=PAIR,
            mclt=options.mclt,
            main_port=layout.main.failover,
            backup_port=layout.cable if through_cable else layout.backup.failover,
            trap_address=TRAP_ADDRESS,
            traps=layout.traps,
        )
        text += _scopes(options.pool)
        if server.dhcp6 is not None:
            text += ipv6.tables(server.dhcp6, options.pool)
        (server.data / "config.toml").write_text(text, encoding="utf-8")
    layout.config.write_text(
        _CONSOLE.format(
            pair=PAIR,
            user=USER,
            main_address=MAIN_ADDRESS,
            backup_address=BACKUP_ADDRESS,
            main_api=layout.main.api,
            backup_api=layout.backup.api,
            trap_address=TRAP_ADDRESS,
            traps=layout.traps,
        ),
        encoding="utf-8",
    )


def _scopes(pool: int) -> str:
    """The scopes of the demo's own clients, and `wifi` for other clients that come through a relay on loopback."""
    if not 4 <= pool <= LARGEST_POOL:
        raise DemoError(f"a pool of {pool} addresses is not possible: choose 4 to {LARGEST_POOL}")
    text = "".join(
        _SCOPE.format(
            name=name,
            subnet=network,
            first=network.network_address + 10,
            last=network.network_address + 9 + POPULATION_POOL,
            relays="[]",
        )
        for name, network in POPULATION_NETWORKS
    )
    first = WIFI_NETWORK + 10
    subnet = f"{WIFI_NETWORK}/{32 - (pool + 11).bit_length()}"
    return text + _SCOPE.format(
        name="wifi", subnet=subnet, first=first, last=first + pool - 1, relays='["127.0.0.0/8"]'
    )


def relays() -> list[str]:
    """The giaddrs of the population's relays."""
    return [str(network.network_address + 1) for _, network in POPULATION_NETWORKS]
