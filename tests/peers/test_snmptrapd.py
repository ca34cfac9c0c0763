"""net-snmp's daemon hears what real servers send when one of them dies."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from snmp.security import enginestate
from tests.live.pair import LivePair, eventually
from tests.snmp.netsnmp import AUTH_KEY, PRIV_KEY, B, snmptrapd

pytestmark = [pytest.mark.peer, pytest.mark.live]

NUMBER = ".1.3.6.1.6.3.1.1.4.1.0 = OID: .{}.2.0.{}"

V3 = f"""
[[trap-recipient]]
name = "{{name}}"
ip-addr = "127.0.0.1"
port-number = {{port}}
version = "v3"
user = "noc"
auth-protocol = "sha-256"
auth-key = "{AUTH_KEY}"
priv-protocol = "aes-128"
priv-key = "{PRIV_KEY}"
inform = {{inform}}
"""


class Hearing:
    """A pair, and what the daemon wrote of it."""

    def __init__(self, pair: LivePair, log: Path) -> None:
        self.pair = pair
        self.log = log
        facts = f".{B}.1.2.3.0 = IpAddress: {pair.backup.address}", f".{B}.1.2.14.0 = INTEGER: 3"
        self.partner: tuple[str, ...] = facts

    def times(self, number: int, *facts: str) -> int:
        words = (NUMBER.format(B, number), *facts)
        return sum(all(word in line for word in words) for line in self.log.read_text().splitlines())

    def hears(self, number: int, *facts: str, times: int = 1) -> None:
        eventually(f"trap {number} with {facts}, {times} times", lambda: self.times(number, *facts) >= times)


@pytest.fixture
def hearing(tmp_path: Path) -> Iterator[Hearing]:
    with snmptrapd(tmp_path) as (port, log):
        pair = LivePair(tmp_path / "pair", trap=port)
        try:
            yield Hearing(pair, log)
        finally:
            pair.stop()


def test_it_hears_that_the_partner_is_gone_and_that_it_is_back(hearing: Hearing) -> None:
    """R-241: not responding and responding again name the partner as what it is; a start is told as well."""
    pair = hearing.pair
    pair.start()
    hearing.hears(3)
    pair.backup.kill()
    hearing.hears(13, *hearing.partner)
    pair.backup.start()
    pair.normal()
    hearing.hears(14, *hearing.partner)
    assert hearing.times(13, *hearing.partner) == 1


def test_a_server_that_starts_again_says_again_that_its_partner_is_gone(hearing: Hearing) -> None:
    """R-241: whoever listens may have been away, or has cleared what the old server said."""
    pair = hearing.pair
    pair.start()
    pair.backup.kill()
    hearing.hears(13, *hearing.partner)
    starts = hearing.times(3)
    pair.main.kill(signal.SIGTERM)
    hearing.hears(4)
    pair.main.start()
    hearing.hears(3, times=starts + 1)
    hearing.hears(13, *hearing.partner, times=2)


def test_servers_tell_managers_of_snmpv3_by_trap_and_by_inform(tmp_path: Path) -> None:
    """R-241: with the identity and the boots that the data directory keeps."""
    directory = tmp_path / "pair"
    pair = LivePair(directory)
    keys = f"noc SHA-256 {AUTH_KEY} AES {PRIV_KEY}"
    users = [f"createUser {keys}", "authUser log noc priv"]
    for server in (pair.main, pair.backup):
        engine = enginestate.boot(server.directory).engine_id
        users.append(f"createUser -e 0x{engine.hex()} {keys}")
    with snmptrapd(tmp_path, users) as (port, log):
        for server in (pair.main, pair.backup):
            path = server.directory / "config.toml"
            recipients = (V3.format(name=f"noc-{inform}", port=port, inform=inform) for inform in ("true", "false"))
            path.write_text(path.read_text() + "".join(recipients))
        hearing = Hearing(pair, log)
        try:
            pair.start()
            hearing.hears(3, times=4)
            pair.backup.kill()
            hearing.hears(13, *hearing.partner, times=2)
        finally:
            pair.stop()
    assert '"boots": 2' in (pair.main.directory / enginestate.FILE_NAME).read_text()
    config = (pair.main.directory / "logs" / "name_dhcp_1_log").read_text()
    assert AUTH_KEY not in config
