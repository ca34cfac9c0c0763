"""Set Partner Down in RECOVER: leases of the partner may be unknown, so each address is probed before it is given."""

import random
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from dhcpserver.config.document import read
from dhcpserver.failover.errors import LeasesMissing
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Inputs, SetPartnerDown, Stop
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.options4 import MessageType
from tests.failover.books import NOW
from tests.failover.paired import CONFIGURATION, GIADDR, RELAY, Site
from tests.failover.scripted import stored_record

HOUR, DAYS = 3600, 86400
LONGEST = 3 * DAYS
"""The longest lease time of the policies."""


def recovering(*, can_probe: bool = True, text: str = CONFIGURATION) -> Site:
    """A main in RECOVER without contact."""
    site = Site(text, replace(stored_record(State.RECOVER), time_of_failure=NOW - 10, recover_all=True))
    site.now += 20
    site.turn()
    assert site.core.endpoint is not None
    assert site.core.endpoint.state is State.RECOVER
    site.core.can_probe = can_probe
    return site


def set_down(site: Site, *, expert: bool = True) -> Exception | None:
    site.turn(command=SetPartnerDown("example", None, expert, "jo"))
    ((_, answer),) = site.out.answers
    return answer


def down() -> Site:
    """A main that was set alone in RECOVER, an MCLT ago."""
    site = recovering()
    assert set_down(site) is None
    site.now += HOUR + 1
    site.turn()
    return site


def discover(site: Site, client: int, *options: tuple[int, bytes]) -> Packet | None:
    return site.client(client, MessageType.DISCOVER, *options)


def wait(site: Site, seconds: float) -> list[Packet]:
    """Let time pass; return the replies of that turn."""
    site.now += seconds
    return [parse(reply.octets) for reply in site.turn().replies]


def test_only_an_expert_may_and_the_refusal_has_the_number() -> None:
    site = recovering()
    refusal = set_down(site, expert=False)
    assert isinstance(refusal, LeasesMissing)
    assert "up to 400 addresses that are free here" in str(refusal)
    assert "an expert can set it down" in str(refusal)
    assert site.core.endpoint is not None
    assert site.core.endpoint.state is State.RECOVER
    assert site.core.probing.until == 0


def test_without_probes_it_is_refused() -> None:
    site = recovering(can_probe=False)
    refusal = set_down(site)
    assert isinstance(refusal, LeasesMissing)
    assert "CAP_NET_RAW" in str(refusal)


def test_the_log_and_the_record_have_it() -> None:
    site = recovering()
    assert set_down(site) is None
    assert site.out.record is not None
    assert (site.out.record.state, site.out.record.probe_until) == (State.PARTNER_DOWN, int(site.now) + LONGEST)
    (line,) = [line for line in site.out.lines if line.id == 18132]
    assert f"until {int(site.now) + LONGEST} every address is probed" in line.text


def test_an_offer_waits_for_the_probe_and_is_sent_when_nobody_answers() -> None:
    site = down()
    assert discover(site, 1) is None
    (address,) = site.out.probes
    assert site.core.deadline() is not None
    assert wait(site, 0.9) == []
    (offer,) = wait(site, 0.2)
    assert (offer.message_type, offer.yiaddr) == (MessageType.OFFER, address)
    requested = (options4.REQUESTED_ADDRESS, address.to_bytes(4, "big"))
    ack = site.client(1, MessageType.REQUEST, requested, (54, offer.options[54]))
    assert ack is not None
    assert ack.message_type == MessageType.ACK


def test_an_address_that_answers_is_unavailable_and_the_client_gets_another() -> None:
    site = down()
    assert discover(site, 1) is None
    (address,) = site.out.probes
    site.out = site.core.turn(site.moment, Inputs(echoes=[address]))
    lease = site.core.book.get(address)
    assert lease is not None
    assert lease.status is Status.ABANDONED
    assert [line.id for line in site.out.lines if line.id == 18131] == [18131]
    assert [spec.name for spec in site.out.traps if spec.name == "duplicate-address"] == ["duplicate-address"]
    assert wait(site, 2) == []
    assert discover(site, 1) is None
    (other,) = site.out.probes
    assert other != address
    (offer,) = wait(site, 1.1)
    assert offer.yiaddr == other


def test_an_address_that_could_not_be_probed_is_not_given() -> None:
    """No permission, or no route: nothing is known of the address."""
    site = down()
    assert discover(site, 1) is None
    (address,) = site.out.probes
    site.core.turn(site.moment, Inputs(unprobed=[address]))
    assert wait(site, 5) == []
    assert discover(site, 1) is None
    assert site.out.probes == [address], "it is tried again with the client's next message"


def test_an_address_that_did_not_answer_is_not_probed_again_at_once() -> None:
    site = down()
    discover(site, 1)
    wait(site, 1.1)
    assert discover(site, 1) is not None
    assert site.out.probes == []


def test_a_request_without_an_offer_of_this_life_is_refused() -> None:
    """The address was not probed."""
    site = down()
    free = next(iter(site.core.book.pools["plain"].free))
    requested = (options4.REQUESTED_ADDRESS, free.to_bytes(4, "big"))
    nak = site.client(1, MessageType.REQUEST, requested, (54, IPv4Address(RELAY.address).packed))
    assert nak is not None
    assert nak.message_type == MessageType.NAK


def test_bootp_without_a_reservation_waits_until_the_leases_have_passed() -> None:
    site = down()
    relay = int(IPv4Address("203.0.113.1"))
    octets = encode(Packet(1, 1, 6, 0, 7, 3, 0, 0, 0, 0, relay, (9).to_bytes(6, "big"), {}), [])
    assert site.turn(octets).replies == []
    assert site.core.counters.dropped["probing"] == 1


def test_nothing_is_probed_after_the_longest_lease() -> None:
    site = down()
    site.now += LONGEST
    site.turn()
    assert discover(site, 1) is not None
    assert site.out.probes == []


def test_a_restart_goes_on_probing() -> None:
    site = recovering()
    assert set_down(site) is None
    record = site.out.record
    assert record is not None
    again = Core(read(CONFIGURATION), bytes(16), "1")
    again.start(record, site.moment, random.Random(2))
    assert again.probing.until == record.probe_until
    site.core = again
    site.now += HOUR + 30
    site.turn()
    assert discover(site, 1) is None
    assert len(site.out.probes) == 1


def test_normal_ends_the_probes() -> None:
    """The partner was not lost after all, and both have all leases."""
    site = recovering()
    assert set_down(site) is None
    site.connect(State.RECOVER_DONE)
    assert site.core.endpoint is not None
    assert site.core.endpoint.state is State.NORMAL
    site.settle()
    assert site.core.endpoint.probe_until == 0
    site.now += HOUR
    site.turn()
    assert discover(site, 1) is not None


def test_other_takeovers_probe_nothing() -> None:
    site = Site(CONFIGURATION, stored_record(State.NORMAL))
    site.core.can_probe = True
    site.now += 20
    site.turn()
    assert set_down(site, expert=False) is None
    assert site.core.probing.until == 0
    assert site.core.turn(site.moment, Inputs(commands=[(2, Stop(True))])).answers == [(2, None)]


@pytest.mark.parametrize("count", [1200])
def test_offers_that_wait_are_bounded(count: int) -> None:
    site = down()
    for client in range(count):
        discover(site, client + 1)
    assert len(site.core.probing._waiting) <= 1000
    assert GIADDR
