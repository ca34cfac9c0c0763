"""net-snmp's daemon receives the notifications of real servers when one of them fails."""

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


class TrapPair:
    """A pair, and the log of the daemon that receives its traps."""

    def __init__(self, pair: LivePair, log: Path) -> None:
        self.pair = pair
        self.log = log
        facts = f".{B}.1.2.3.0 = IpAddress: {pair.backup.address}", f".{B}.1.2.14.0 = INTEGER: 3"
        self.partner: tuple[str, ...] = facts

    def count(self, number: int, *facts: str) -> int:
        words = (NUMBER.format(B, number), *facts)
        return sum(all(word in line for word in words) for line in self.log.read_text().splitlines())

    def await_trap(self, number: int, *facts: str, count: int = 1) -> None:
        eventually(f"trap {number} with {facts}, {count} times", lambda: self.count(number, *facts) >= count)


@pytest.fixture
def trap_pair(tmp_path: Path) -> Iterator[TrapPair]:
    with snmptrapd(tmp_path) as (port, log):
        pair = LivePair(tmp_path / "pair", trap=port)
        try:
            yield TrapPair(pair, log)
        finally:
            pair.stop()


def test_receives_that_the_partner_does_not_respond_and_that_it_responds_again(trap_pair: TrapPair) -> None:
    """R-241: both traps have the partner's address and type; a start sends a trap too."""
    pair = trap_pair.pair
    pair.start()
    trap_pair.await_trap(3)
    pair.backup.kill()
    trap_pair.await_trap(13, *trap_pair.partner)
    pair.backup.start()
    pair.wait_until_normal()
    trap_pair.await_trap(14, *trap_pair.partner)
    assert trap_pair.count(13, *trap_pair.partner) == 1


def test_a_restarted_server_reports_its_missing_partner_again(trap_pair: TrapPair) -> None:
    """R-241: the manager may not have run, or may have cleared the earlier alarm."""
    pair = trap_pair.pair
    pair.start()
    pair.backup.kill()
    trap_pair.await_trap(13, *trap_pair.partner)
    starts = trap_pair.count(3)
    pair.main.kill(signal.SIGTERM)
    trap_pair.await_trap(4)
    pair.main.start()
    trap_pair.await_trap(3, count=starts + 1)
    trap_pair.await_trap(13, *trap_pair.partner, count=2)


def test_sends_snmpv3_traps_and_informs(tmp_path: Path) -> None:
    """R-241: with the engine id and the boots of the data directory."""
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
        trap_pair = TrapPair(pair, log)
        try:
            pair.start()
            trap_pair.await_trap(3, count=4)
            pair.backup.kill()
            trap_pair.await_trap(13, *trap_pair.partner, count=2)
        finally:
            pair.stop()
    assert '"boots": 2' in (pair.main.directory / enginestate.FILE_NAME).read_text()
    config = (pair.main.directory / "logs" / "name_dhcp_1_log").read_text()
    assert AUTH_KEY not in config
