"""The policy `ping-clients`: an address is probed before it is offered to a machine that did not have it."""

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.leases.lease import Status
from dhcpserver.service import probing
from dhcpserver.service.turn import Inputs, Moment
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, POOL, Client, Site, dotted, number
from tests.service.test_bootp import bootp

PINGED = CONFIGURATION.replace("offer-timeout = 10", "offer-timeout = 100\nping-clients = true", 1)
WINDOW = 0.3


def replies(site: Site, seconds: float) -> list[str]:
    """Let time pass; return the addresses of the replies of the turn at its end."""
    site.now += seconds
    return [dotted(parse(reply.octets).yiaddr) for reply in site.turn()]


def probed(site: Site) -> list[str]:
    """Return the addresses that the last turn has probed."""
    return [dotted(address) for address in site.last.probes]


def report(site: Site, *, echo: str = "", unprobed: str = "") -> list[str]:
    """Report an answer, or that no request could be sent; return the addresses that are offered."""
    inputs = Inputs(echoes=[number(echo)] if echo else [], unprobed=[number(unprobed)] if unprobed else [])
    site.last = site.core.turn(Moment(site.now, site.now), inputs)
    return [dotted(parse(reply.octets).yiaddr) for reply in site.last.replies]


def get(site: Site, client: Client) -> str:
    """Get a lease when nobody answers the probe."""
    client.discover()
    (address,) = replies(site, WINDOW)
    granted = client.select(address)
    assert granted is not None
    assert granted.message_type == MessageType.ACK
    return address


def test_without_the_policy_nothing_is_probed() -> None:
    site = Site()
    assert Client(site, 1).discover() is not None
    assert site.last.probes == []


def test_an_offer_waits_for_the_time_of_the_policy() -> None:
    site = Site(PINGED)
    assert Client(site, 1).discover() is None
    assert probed(site) == POOL[:1]
    deadline = site.core.deadline()
    assert deadline == pytest.approx(site.now + WINDOW)
    assert replies(site, 0.2) == []
    assert replies(site, 0.11) == POOL[:1]
    assert site.core.counters.sent == {"DHCPOFFER": 1}
    assert site.core.counters.dropped == {}


def test_each_policy_has_its_own_time() -> None:
    """The shorter wait ends first, although it began later."""
    slow = PINGED.replace("ping-clients = true", "ping-clients = true\nping-timeout = 2000", 1)
    more = '[[policy]]\nname = "fast"\nping-clients = true\nping-timeout = 100\n\n'
    scope = '\n[[scope]]\nname = "s2"\npolicy = "fast"\nsubnet = "198.51.100.0/24"\n'
    scope += 'ranges = ["198.51.100.10-198.51.100.20"]\n'
    site = Site(slow.replace("[[scope]]", more + "[[scope]]", 1) + scope)
    Client(site, 1).discover()
    Client(site, 2, relay=number("198.51.100.1")).discover()
    assert replies(site, 0.2) == ["198.51.100.10"]
    assert replies(site, 1.7) == []
    assert replies(site, 0.2) == POOL[:1]


def test_an_address_that_answers_is_unavailable_and_not_offered() -> None:
    site = Site(PINGED)
    client = Client(site, 1)
    client.discover()
    assert report(site, echo=POOL[0]) == []
    assert [line.id for line in site.last.lines] == [18131]
    assert [spec.name for spec in site.last.traps if spec.name == "duplicate-address"] == ["duplicate-address"]
    assert site.core.book.leases[number(POOL[0])].status is Status.ABANDONED
    assert site.core.counters.dropped == {"address-in-use": 1}
    assert replies(site, 1) == []
    client.discover()
    assert replies(site, WINDOW) == POOL[1:2]


def test_a_late_answer_ends_the_offer() -> None:
    """The offer was sent; a client that requests the address is refused and starts again."""
    site = Site(PINGED)
    client = Client(site, 1)
    client.discover()
    assert replies(site, WINDOW) == POOL[:1]
    report(site, echo=POOL[0])
    assert site.core.book.leases[number(POOL[0])].status is Status.ABANDONED
    refused = client.select(POOL[0])
    assert refused is not None
    assert refused.message_type == MessageType.NAK


def test_a_late_answer_does_not_end_a_lease() -> None:
    """The client itself can answer a request that waited for its link."""
    site = Site(PINGED)
    address = get(site, Client(site, 1))
    report(site, echo=address)
    assert site.core.book.leases[number(address)].status is Status.ACTIVE
    assert [line.id for line in site.last.lines if line.id == 18131] == []


def test_an_answer_to_nothing_changes_nothing() -> None:
    site = Site(PINGED)
    assert report(site, echo=POOL[0]) == []
    assert site.core.book.leases == {}


def test_a_client_is_not_delayed_for_its_own_address() -> None:
    """Also after the lease has ended, and with another identifier from the same machine."""
    site = Site(PINGED)
    address = get(site, Client(site, 1))
    for seconds in (1, 1200):
        site.wait(seconds)
        offered = Client(site, 1).discover()
        assert offered is not None
        assert dotted(offered.yiaddr) == address
        assert site.last.probes == []


def test_a_former_address_of_another_client_is_probed() -> None:
    site = Site(PINGED)
    taken = [get(site, Client(site, last)) for last in range(1, 5)]
    assert sorted(taken) == sorted(POOL)
    site.wait(1200)
    assert Client(site, 9).discover() is None
    assert len(probed(site)) == 1


def test_a_repeated_discover_is_probed_once_and_gets_one_offer() -> None:
    site = Site(PINGED)
    client = Client(site, 1)
    client.discover()
    site.now += 0.1
    client.xid = 8
    assert client.discover() is None
    assert site.last.probes == []
    site.now += 0.21
    (offer,) = site.turn()
    assert parse(offer.octets).xid == 8
    assert client.discover() is not None, "the address did not answer a moment ago"


def test_a_request_before_the_answer_is_refused() -> None:
    """A client that guesses the address does not get it without the probe."""
    site = Site(PINGED)
    client = Client(site, 1)
    client.discover()
    refused = client.select(POOL[0])
    assert refused is not None
    assert refused.message_type == MessageType.NAK


def test_a_request_for_an_address_that_was_never_probed_is_refused() -> None:
    refused = Client(Site(PINGED), 1).select(POOL[0])
    assert refused is not None
    assert refused.message_type == MessageType.NAK


def test_a_client_that_selected_another_server_gets_no_late_offer() -> None:
    site = Site(PINGED)
    client = Client(site, 1)
    client.discover()
    client.select("192.0.2.200", server=number("192.0.2.3"))
    assert replies(site, WINDOW) == []
    assert site.core.counters.dropped == {"other-server": 1, "offer-withdrawn": 1}


def test_an_address_that_cannot_be_probed_is_offered_and_the_log_has_it() -> None:
    """All leases are known here; without the policy the offer would go out too."""
    site = Site(PINGED)
    Client(site, 1).discover()
    assert report(site, unprobed=POOL[0]) == POOL[:1]
    (line,) = [line for line in site.last.lines if line.id == 18229]
    assert "Scope 's1': an address was offered without a probe: no echo request could be sent." in line.text


def test_a_busy_server_offers_without_a_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "WAITING", 2)
    site = Site(PINGED)
    assert [Client(site, last).discover() for last in (1, 2)] == [None, None]
    assert Client(site, 3).discover() is not None
    assert [line.id for line in site.last.lines] == [18229]
    assert Client(site, 4).discover() is not None
    assert site.last.lines == [], "one line a minute"
    assert replies(site, WINDOW) == POOL[:2]


def test_a_dynamic_bootp_client_waits_and_gets_the_probed_address() -> None:
    site = Site(PINGED.replace('name = "s1"', 'name = "s1"\nbootp = true\ndynamic-bootp = true', 1))
    assert bootp(site, 1) is None
    assert probed(site) == POOL[:1]
    site.wait(4)
    granted = bootp(site, 1)
    assert granted is not None
    assert dotted(granted.yiaddr) == POOL[0]
    assert site.core.book.offer_of(granted.yiaddr) is None
    site.wait(1000)
    assert bootp(site, 1) is not None, "its own address is not probed again"


def test_a_bootp_client_does_not_get_an_offered_address_that_became_unusable() -> None:
    """The partner can report in the meantime that it has leased the address."""
    site = Site(PINGED.replace('name = "s1"', 'name = "s1"\nbootp = true\ndynamic-bootp = true', 1))
    assert bootp(site, 1) is None
    lease = site.core.book.record(number(POOL[0]))
    assert lease is not None
    lease.held = int(site.now) + 1000
    site.wait(4)
    assert bootp(site, 1) is None
    assert probed(site) == POOL[1:2]


def test_a_dynamic_bootp_client_does_not_get_an_address_that_answers() -> None:
    site = Site(PINGED.replace('name = "s1"', 'name = "s1"\nbootp = true\ndynamic-bootp = true', 1))
    assert bootp(site, 1) is None
    report(site, echo=POOL[0])
    assert bootp(site, 1) is None
    assert probed(site) == POOL[1:2]


def test_a_step_of_the_clock_moves_the_wait() -> None:
    site = Site(PINGED)
    Client(site, 1).discover()
    steady = site.now
    site.now -= 3600
    for seconds, offers in ((0.2, 0), (0.4, 1)):
        site.last = site.core.turn(Moment(site.now + seconds, steady + seconds), Inputs())
        assert len(site.last.replies) == offers


@pytest.mark.parametrize("milliseconds", [0, 9, 10_001])
def test_a_time_that_cannot_be_meant_is_refused(milliseconds: int) -> None:
    with pytest.raises(ConfigurationError, match="ping-timeout"):
        read(PINGED.replace("ping-clients = true", f"ping-clients = true\nping-timeout = {milliseconds}", 1))
