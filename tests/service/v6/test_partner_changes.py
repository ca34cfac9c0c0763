"""A pair that loses its backup for ever, a backup that gets a new main, and partners with different safe periods."""

import re
import tomllib

from dhcpserver.config.sync.plan import apply, plan
from dhcpserver.config.syncrows import Operation
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import address6
from dhcpserver.leases.lease import Status
from dhcpserver.wire.dhcp6options import MessageType6
from tests.service.v6.pair6 import DUIDS, PAIR, Pair6, Server6, na, pd


def restarted(server: Server6, text: str) -> None:
    """Stop a server and start it with another configuration, on the same data."""
    server.crash()
    server.text = text
    server.start()
    server.turn()


def without_prefixes(text: str) -> str:
    return re.sub(r"\[\[prefix\]\].*?(?=\[\[listener6|\[\[prefix)", "", text, flags=re.DOTALL)


def test_a_pair_is_ended_by_removing_its_backup() -> None:
    """R-231: remove the prefixes at the backup and failover at the main, and reload both."""
    pair = Pair6()
    (ia,) = pair.main.leased(na())
    address = ia.leases[0].address
    share = set(pair.main.core.book.pools["pd"].backup)
    assert share
    restarted(pair.backup, without_prefixes(pair.backup.text.replace(PAIR, "")))
    restarted(pair.main, pair.main.text.replace(PAIR, ""))
    pair.wait(60)
    assert pair.backup.ask(MessageType6.SOLICIT, na(), duid=DUIDS[1]) is None
    renewed = pair.main.ask(MessageType6.RENEW, na(1, address), server=pair.main.duid)
    assert renewed is not None
    (lease,) = renewed.ias[0].leases
    assert (lease.address, lease.valid) == (address, 4 * 3600), "without a partner MCLT limits nothing"
    clients = [bytes.fromhex("00030001") + number.to_bytes(6, "big") for number in range(200)]
    given = {pair.main.leased(pd(), duid=duid)[0].leases[0].address for duid in clients}
    assert len(given) == len(clients) > 256 - len(share), "the share of the backup is used too"


def test_a_backup_gets_a_new_main() -> None:
    """R-232: synchronise to the backup, point each to the other, reload both. The leases are those of the backup."""
    pair = Pair6()
    pair.main.crash(lose_disk=True)
    alone = pair.backup.text.replace(PAIR, "")
    restarted(pair.backup, alone)
    (ia,) = pair.backup.leased(na(), duid=DUIDS[3])
    address = address6(ia.leases[0].address)
    new_main = pair.main.text.replace("v6-options = { 23", 'v6-options = { 24 = ["new.example"], 23')
    assert new_main != pair.main.text
    target = tomllib.loads(pair.backup.text)
    made = plan(tomllib.loads(new_main.replace(PAIR, "")), target, Operation.EXACT)
    assert [each.edit for each in made.changes] == ["policy default: add v6-options 24: [new.example]"]
    assert plan(tomllib.loads(new_main.replace(PAIR, "")), apply(made, target), Operation.EXACT).changes == ()
    pair.main.text = new_main
    pair.main.start()
    restarted(pair.backup, new_main.replace('name = "a"', 'name = "b"', 1))
    pair.wait(8000)
    assert pair.main.state is pair.backup.state is State.NORMAL
    lease = pair.main.lease(address)
    assert (lease.status, lease.client_id) == (Status.ACTIVE, DUIDS[3])
    renewed = pair.main.ask(MessageType6.REBIND, ia, duid=DUIDS[3])
    assert renewed is not None
    assert renewed.ias[0].leases[0].address == ia.leases[0].address


def states(pair: Pair6) -> tuple[State, State]:
    return pair.main.state, pair.backup.state


def with_safe_period(text: str, attributes: str) -> str:
    return text.replace('safe-period = "1d"', attributes)


def test_the_partners_can_have_different_safe_periods() -> None:
    """R-051: each counts its own, and only with use-safe-period."""
    pair = Pair6()
    restarted(pair.backup, with_safe_period(pair.backup.text, "safe-period = 600"))
    restarted(pair.main, with_safe_period(pair.main.text, "safe-period = 300\nuse-safe-period = false"))
    pair.wait(300)
    assert states(pair) == (State.NORMAL, State.NORMAL)
    assert not any(line.id == 18103 for line in pair.main.log + pair.backup.log), "no mismatch of the configuration"
    pair.cut()
    pair.wait(500)
    assert states(pair) == (State.COMMUNICATIONS_INTERRUPTED, State.COMMUNICATIONS_INTERRUPTED)
    pair.wait(300)
    assert states(pair) == (State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN)
