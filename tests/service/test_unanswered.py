"""A partner that does not receive the packets of its clients: they ask this server again and again."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.status import Status
from dhcpserver.service.unanswered import CLIENTS, REMEMBERED, Unanswered
from dhcpserver.wire import failover4
from dhcpserver.wire.dhcp4 import Packet, encode
from dhcpserver.wire.failover4 import StateReport
from dhcpserver.wire.failover4_bindings import BindingUpdate
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import CONFIGURATION, GIADDR, Site, normal

BALANCED = CONFIGURATION.replace("backup-pct = 20", "backup-pct = 20\nload-balancing = true", 1)


def both_normal() -> Site:
    """Return a main in NORMAL with a partner in NORMAL, with load balancing."""
    site = normal(BALANCED)
    site.receive(failover4.encode(StateReport(2, 0, State.NORMAL.number, 0, int(site.now), None), int(site.now)))
    return site


def discover(site: Site, number: int, secs: int) -> bool:
    """Send a DISCOVER; return whether it was answered."""
    packet = Packet(1, 1, 6, 0, 7, secs, 0, 0, 0, 0, GIADDR, number.to_bytes(6, "big"), {})
    return bool(site.turn(encode(packet, [(53, bytes([MessageType.DISCOVER]))])).replies)


def of_the_partner(site: Site) -> list[int]:
    """Return clients that the partner answers: their hash buckets are the backup's."""
    return [number for number in range(1, 60) if not discover(site, number, 0)]


def ask(site: Site, clients: list[int], seconds: int, step: int = 4) -> list[str]:
    """Let clients ask for a time; return the lines of that time about it."""
    found = []
    for secs in range(step, seconds + 1, step):
        site.now += step
        for number in clients:
            discover(site, number, secs)
            found += [line.text for line in site.out.lines if line.id == 18134]
    return found


def test_clients_of_the_partner_that_ask_in_vain_are_reported() -> None:
    site = both_normal()
    clients = of_the_partner(site)[:4]
    lines = ask(site, clients, 60)
    assert len(lines) == 1
    assert "clients that the partner answers ask again and again" in lines[0]


def test_clients_that_ask_once_are_no_sign() -> None:
    """Messages that the partner answers reach this server too; such a client does not ask again."""
    site = both_normal()
    clients = of_the_partner(site)
    for number in clients:
        site.now += 5
        discover(site, number, 0)
        assert not [line for line in site.out.lines if line.id == 18134]


def test_a_few_clients_are_no_sign() -> None:
    """The partner may refuse them for a reason of its own."""
    site = both_normal()
    assert ask(site, of_the_partner(site)[: CLIENTS - 1], 120) == []


def test_a_partner_that_gives_leases_receives_packets() -> None:
    site = both_normal()
    clients = of_the_partner(site)[:4]
    assert ask(site, clients, 16) == []
    update = BindingUpdate(9)
    update.time = int(site.now)
    update.address, update.status = 0xC0000200 + 100, Status.ACTIVE
    update.state_exp = update.potential = int(site.now) + 3600
    update.cltt = update.sos = int(site.now)
    update.hardware = b"\1\2\0\0\0\0\5"
    site.receive(failover4.encode(update, int(site.now)))
    assert site.core.endpoint is not None
    assert site.core.endpoint.partner_leases == 1
    assert ask(site, clients, 16) == []


def test_nothing_is_reported_while_both_do_not_have_to_share_the_clients() -> None:
    """Out of contact this server answers all clients itself."""
    site = both_normal()
    clients = of_the_partner(site)[:4]
    ask(site, clients, 16)
    site.receive(failover4.encode(StateReport(3, 0, State.PAUSED.number, 0, int(site.now), None), int(site.now)))
    assert ask(site, clients, 60) == []


@pytest.mark.parametrize("invented", [REMEMBERED * 4])
def test_invented_clients_take_no_memory(invented: int) -> None:
    found = Unanswered()
    for number in range(invented):
        found.record(number.to_bytes(6, "big"), 10, 100.0 + number)
    assert len(found._clients) == REMEMBERED
    assert found.waiting(0, 5000.0) == 0


def test_a_step_of_the_clock_is_no_wait() -> None:
    found = Unanswered()
    for number in range(CLIENTS):
        found.record(bytes((number,)), 0, 100.0)
    found.shift(3600.0)
    for number in range(CLIENTS):
        found.record(bytes((number,)), 4, 3704.0)
    assert found.waiting(0, 3704.0) == 0
