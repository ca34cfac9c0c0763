"""net-snmp's programs: snmptrap and snmpinform as senders, and snmptrapd as the receiver."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.peers.programs import program
from tests.snmp.listening import TIMEOUT_SECONDS

B = "1.3.6.1.4.1.9.9.120"
V6 = "1.3.6.1.4.1.9.10.139"
SYSTEM = {"PATH": "/usr/sbin:/usr/bin:/bin", "LC_ALL": "C", "MIBS": ""}

AUTH_KEY, PRIV_KEY = "authentic-words", "private-words"
AUTH = {
    "md5": "MD5",
    "sha": "SHA",
    "sha-224": "SHA-224",
    "sha-256": "SHA-256",
    "sha-384": "SHA-384",
    "sha-512": "SHA-512",
}
PRIV = {
    "des": "DES",
    "aes-128": "AES",
    "aes-192": "AES-192-C",
    "aes-256": "AES-256-C",
    "aes-192-blumenthal": "AES-192",
    "aes-256-blumenthal": "AES-256",
}
"""net-snmp's names of the protocols. AES-192 and AES-256 without a suffix follow Blumenthal's draft there."""

START = ("4711", f"{B}.2.0.3", f"{B}.1.2.4.0", "i", "2")
"""Uptime, notification and varbind: a DHCP server has started."""


def credentials(
    user: str, auth: str | None = None, priv: str | None = None, auth_key: str = AUTH_KEY, priv_key: str = PRIV_KEY
) -> list[str]:
    """The options for SNMPv3 as a user with these keys."""
    level = "noAuthNoPriv" if auth is None else "authNoPriv" if priv is None else "authPriv"
    words = ["-v", "3", "-u", user, "-l", level]
    if auth is not None:
        words += ["-a", AUTH[auth], "-A", auth_key]
    if priv is not None:
        words += ["-x", PRIV[priv], "-X", priv_key]
    return words


def send(
    command: str,
    directory: Path,
    address: tuple[str, int],
    options: Sequence[str],
    arguments: Sequence[str] = START,
    timeout: str = "5",
) -> subprocess.CompletedProcess[str]:
    """Run snmptrap or snmpinform with its state (engine ID and boots) in `directory`; return the finished process."""
    host, port = address
    peer = f"udp6:[{host}]:{port}" if ":" in host else f"udp:{host}:{port}"
    return subprocess.run(
        [program(command), *options, "-r", "0", "-t", timeout, peer, *arguments],
        env={**SYSTEM, "SNMP_PERSISTENT_DIR": str(directory)},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )


def free_port(host: str = "127.0.0.1") -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as free:
        free.bind((host, 0))
        return int(free.getsockname()[1])


@contextmanager
def snmptrapd(
    directory: Path, users: Sequence[str] = (), host: str = "127.0.0.1", port: int = 0
) -> Iterator[tuple[int, Path]]:
    """snmptrapd on a free port: the port, and the file that it writes received traps to.

    `users` are its createUser and authUser lines.
    """
    port = port or free_port(host)
    configuration, log = directory / "snmptrapd.conf", directory / "traps.log"
    # One line for each trap: kind and version, the sender's uptime, then every varbind as OID = TYPE: value.
    configuration.write_text(
        "authCommunity log,execute,net public\n"
        + "".join(f"{line}\n" for line in users)
        + "format1 %N.%w%q from %A uptime %T; %v\\n\n"
        "format2 %s %v\\n\n"
        "doNotLogTraps no\n"
    )
    before = log.read_text().count("NET-SNMP version") if log.exists() else 0
    peer = f"udp6:[{host}]:{port}" if ":" in host else f"udp:{host}:{port}"
    daemon = subprocess.Popen(
        [
            *(program("snmptrapd"), "-f", "-C", "-c", str(configuration), "-On", "-m", "", "-n"),
            *("-A", "-Lf", str(log), "-p", str(directory / "pid"), peer),
        ],
        env={**SYSTEM, "SNMP_PERSISTENT_DIR": str(directory)},
    )
    try:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not log.exists() or log.read_text().count("NET-SNMP version") == before:
            assert time.monotonic() < deadline, "snmptrapd did not start"
            time.sleep(0.02)
        yield port, log
    finally:
        daemon.terminate()
        daemon.wait(TIMEOUT_SECONDS)


def logged(log: Path, lines: int) -> list[str]:
    """Return the lines of traps as soon as there are that many."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        found = [line for line in log.read_text().splitlines() if ".1.3.6.1.4.1.9." in line]
        if len(found) >= lines:
            return found
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)
