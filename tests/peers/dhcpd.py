"""A real ISC dhcpd of a failover pair in a network namespace, with OMAPI."""

import os
import subprocess
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from benchmarks.wires import inside
from console.makes.isc.omapi import Key

LIBRARIES = tuple(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
KEYS = {
    "main": Key("watch", "hmac-sha256", b"the secret of the main's key"),
    "backup": Key("watch", "hmac-md5", b"another secret"),
}
OMAPI = 7911

CONFIGURATION = """
authoritative; ping-check false; ddns-update-style none;
default-lease-time {lease}; max-lease-time {lease}; min-lease-time 10;
omapi-port {omapi}; omapi-key {key};
key {key} {{ algorithm {algorithm}; secret "{secret}"; }};
failover peer "{pair}" {{
  {role}; address {own}; port 647; peer address {peer}; peer port 647;
  max-response-delay 4; max-unacked-updates 10; load balance max seconds 3; {only_main}
}}
subnet {subnet} netmask {netmask} {{ pool {{ failover peer "{pair}"; range {first} {last}; }} }}
"""


@dataclass(frozen=True)
class Site:
    """The network of a pair: its addresses, its range, and its times in seconds."""

    pair: str
    main: str
    backup: str
    subnet: str
    netmask: str
    first: str
    last: str
    mclt: int = 15
    lease: int = 60


class DhcpdServer:
    """One server below a folder."""

    dhcp = 67

    def __init__(self, folder: Path, namespace: str, role: str, site: Site) -> None:
        self.folder, self.namespace, self.role = folder, namespace, role
        self.address, peer = (site.main, site.backup) if role == "main" else (site.backup, site.main)
        key = KEYS[role]
        text = CONFIGURATION.format(
            lease=site.lease,
            omapi=OMAPI,
            key=key.name,
            algorithm=key.algorithm,
            secret=b64encode(key.secret).decode(),
            pair=site.pair,
            role="primary" if role == "main" else "secondary",
            own=self.address,
            peer=peer,
            only_main=f"mclt {site.mclt}; split 128;" if role == "main" else "",
            subnet=site.subnet,
            netmask=site.netmask,
            first=site.first,
            last=site.last,
        )
        folder.mkdir()
        self.configuration.write_text(text)
        self.leases.touch()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def configuration(self) -> Path:
        return self.folder / "dhcpd.conf"

    @property
    def leases(self) -> Path:
        return self.folder / "leases"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(self, ahead: int = 0) -> None:
        """Start it. `ahead`: seconds by which its clock is ahead."""
        files = ["-cf", str(self.configuration), "-lf", str(self.leases), "-pf", str(self.folder / "pid")]
        environment = dict(os.environ)
        if ahead:
            environment |= {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME": f"+{ahead}s"}
        command = inside(self.namespace, "/usr/sbin/dhcpd", "-4", "-d", "-f", *files, "wire")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, env=environment)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
