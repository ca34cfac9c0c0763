"""The same odd datagrams to snmptrapd and to the receiver: what the daemon prints, the receiver accepts."""

import socket
import time
from pathlib import Path

import pytest

from snmp.mib.notification import Notification
from snmp.receive.reasons import MENDED
from snmp.security.access import SecurityLevel, User
from snmp.security.engine import MasterKeys
from tests.snmp.codec.test_lenient import element, v1, v2c
from tests.snmp.listening import TIMEOUT_SECONDS, receive_until, receiver
from tests.snmp.netsnmp import AUTH, AUTH_KEY, PRIV, PRIV_KEY, snmptrapd
from tests.snmp.oddv3 import ENGINE_ID, v3

pytestmark = pytest.mark.peer

VALUES = {
    "TimeTicks of four octets": element(0x43, b"\x80\0\0\0"),
    "Gauge32 of four octets": element(0x42, b"\xff\xff\xff\xff"),
    "Counter32 of four octets": element(0x41, b"\xf0\0\0\x01"),
    "Counter64 of eight octets": element(0x46, b"\xff" * 8),
    "UInteger32": element(0x47, b"\x05"),
    "BITS": element(0x03, b"\x05\x80"),
    "NSAP": element(0x45, b"\x49\0\x01"),
    "empty OID": element(0x06),
    "INTEGER of five octets": element(0x02, b"\0\xff\xff\xff\xff"),
    "octets": element(0x04, b"ordinary"),
    "Opaque": element(0x44, b"\x9f\x78\x04\x42\x28\0\0"),
    "empty INTEGER": element(0x02),
    "INTEGER of nine octets": element(0x02, b"\x01" * 9),
    "address of one octet": element(0x40, b"\x01"),
    "NULL with contents": element(0x05, b"\x01"),
    "unknown type": element(0x5F, b"\x01"),
}
DATAGRAMS = {
    **{f"v2c {name}": v2c(value) for name, value in VALUES.items()},
    "v2c uptime of four octets": v2c(element(2, b"\x01"), uptime=b"\x80\0\0\0"),
    "v2c request ID of five octets": v2c(element(2, b"\x01"), request_id=b"\0\x80\0\0\x01"),
    "v2c NUL octets after the message": v2c(element(2, b"\x01"), after=b"\0\0\0"),
    "v1 odd numbers": v1(b"\x80\0\0\0"),
    "junk": b"\x30\x05junk!",
}
ODD = {*list(VALUES)[:9], "NULL with contents", "NUL octets after the message"}
"""Those that are accepted and counted as mended."""
USERS = {
    "plain": User("plain"),
    "auth": User("auth", "sha", AUTH_KEY),
    "aes": User("aes", "sha-256", AUTH_KEY, "aes-128", PRIV_KEY),
    "des": User("des", "md5", AUTH_KEY, "des", PRIV_KEY),
}


def create_user(user: User) -> list[str]:
    words = [f"createUser -e 0x{ENGINE_ID.hex()} {user.name}"]
    if user.auth is not None:
        words.append(f"{AUTH[user.auth]} {user.auth_key}")
    if user.priv is not None:
        words.append(f"{PRIV[user.priv]} {user.priv_key}")
    level = {0: "noauth", 1: "auth", 2: "priv"}[list(SecurityLevel).index(user.level)]
    return [" ".join(words), f"authUser log {user.name} {level}"]


class Beside:
    """Both receivers. A plain trap after each datagram shows that the datagram was handled."""

    def __init__(self, port: int, log: Path) -> None:
        self._port, self._log = port, log
        self._number = 0

    def prints(self, octets: bytes) -> bool:
        """Whether snmptrapd prints a line for the datagram."""
        before = self._lines()
        self._number += 1
        marker = f"marker-{self._number}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(octets, ("127.0.0.1", self._port))
            sender.sendto(v2c(element(4, marker.encode())), ("127.0.0.1", self._port))
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while marker not in self._log.read_text():
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.02)
        return self._lines() - before == 2

    def _lines(self) -> int:
        return sum(".1.3.6.1.6.3.1.1.4.1.0" in line or "Trap " in line for line in self._log.read_text().splitlines())


def accepted(octets: bytes, users: tuple[User, ...] = ()) -> tuple[list[Notification], dict[str, int]]:
    """The receiver's notifications of the datagram, and its causes."""
    with receiver(users=users) as (listening, address):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(octets, address)
            sender.sendto(v2c(element(4, b"marker")), address)
        found = receive_until(listening, lambda found: any("marker" in str(each.varbinds) for each in found))
        return [each for each in found if "marker" not in str(each.varbinds)], listening.causes()


def test_what_snmptrapd_prints_is_accepted(tmp_path: Path) -> None:
    results = {}
    with snmptrapd(tmp_path) as (port, log):
        beside = Beside(port, log)
        for name, octets in DATAGRAMS.items():
            results[name] = beside.prints(octets), bool(accepted(octets)[0])
    print({name: result for name, result in results.items() if result[0] != result[1]})
    assert sum(prints for prints, _ in results.values()) >= 15
    assert [name for name, (prints, accepts) in results.items() if prints and not accepts] == []


@pytest.mark.parametrize("name", USERS)
def test_what_snmptrapd_prints_of_version_3_is_accepted(name: str, tmp_path: Path) -> None:
    user = USERS[name]
    keys = MasterKeys(user)
    odd = {each: v3(keys, value, 100 + number) for number, (each, value) in enumerate(VALUES.items())}
    odd["NUL octets after the message"] = v3(keys, element(2, b"\x01"), 99, after=b"\0\0")
    results = {}
    with snmptrapd(tmp_path, create_user(user)) as (port, log):
        beside = Beside(port, log)
        for each, octets in odd.items():
            found, causes = accepted(octets, (user,))
            results[each] = beside.prints(octets), bool(found)
            assert causes.get(MENDED, 0) == (each in ODD), each
    print({each: result for each, result in results.items() if result[0] != result[1]})
    assert sum(prints for prints, _ in results.values()) >= 8
    assert [each for each, (prints, accepts) in results.items() if prints and not accepts] == []
