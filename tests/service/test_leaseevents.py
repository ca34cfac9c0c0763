"""The lease log: which changes of leases are events, and who had an address at a time."""

from typing import Any

import pytest

from dhcpserver.service import leaseevents
from dhcpserver.service.leaseevents import LeaseEvents, holder, shown
from tests.service.standalone import POOL, Client, Site, number


class Log:
    """The events of a site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._events = LeaseEvents()
        self.all: list[dict[str, Any]] = []

    def take(self) -> list[str]:
        """Add the events of the last turn; return their words."""
        found = self._events.of(self.site.last.changes, self.site.now)
        self.all += found
        return [event["event"] for event in found]


def test_the_life_of_a_lease() -> None:
    site = Site()
    log, client = Log(site), Client(site, 1)
    client.extra = [(12, b"printer"), (82, b"\1\4eth1")]
    mine = client.get()
    assert log.take() == ["leased"]
    assert log.all[0] == {
        "at": shown(site.now),
        "event": "leased",
        "address": mine,
        "scope": "s1",
        "hardware": "1,6,02:00:00:00:00:01",
        "client_id": None,
        "host_name": "printer",
        "relay_agent_info": "01:04:65:74:68:31",
        "until": shown(site.now + 1000),
    }
    site.now += 600
    client.renew(mine)
    assert log.take() == ["extended"]
    site.now += 10
    client.release(mine)
    assert log.take() == ["released"]
    site.wait(150)
    assert log.take() == [], "that the address is free again is no event of a client"


def test_an_event_has_the_full_name_of_a_client_that_sends_it() -> None:
    """Option 12 is ignored beside option 81, so the event would have no name otherwise."""
    site = Site()
    log, client = Log(site), Client(site, 1)
    client.extra = [(12, b"foo"), (81, bytes(3) + b"foo.example.com")]
    client.get()
    assert log.take() == ["leased"]
    assert log.all[0]["host_name"] == "foo.example.com"


def test_a_lease_that_is_stored_again_without_a_change_is_no_event() -> None:
    """The partner's acknowledgement changes what is stored, and nothing for the client."""
    site = Site()
    log, client = Log(site), Client(site, 1)
    mine = client.get()
    log.take()
    lease = site.core.book.get(number(mine))
    assert lease is not None
    site.core.book.touch(lease)
    site.turn()
    assert log.take() == []


def test_a_declined_address_is_an_event_without_a_client() -> None:
    site = Site()
    log, client = Log(site), Client(site, 1)
    client.decline(client.get())
    assert log.take() == ["declined"]
    assert log.all[-1]["hardware"] is None


def event(at: float, word: str, until: float | None = None, who: str = "a") -> dict[str, Any]:
    return {"at": shown(at), "event": word, "until": "never" if until is None else shown(until), "hardware": who}


EVENTS = [
    event(1000, "leased", 2000, "a"),
    event(1500, "extended", 2500, "a"),
    event(2500, "expired", 2500, "a"),
    event(3000, "leased", 4000, "b"),
    event(3500, "released", 3500, "b"),
    event(5000, "leased", None, "c"),
]


@pytest.mark.parametrize(
    ("at", "who"),
    [
        (999, None),
        (1000, "a"),
        (1400, "a"),
        (2400, "a"),
        (2500, None),
        (2999, None),
        (3400, "b"),
        (3600, None),
        (4999, None),
        (5000, "c"),
        (9_000_000, "c"),
    ],
)
def test_who_had_an_address(at: float, who: str | None) -> None:
    found = holder(EVENTS, at)
    assert (found and found["hardware"]) == who


def test_a_lease_whose_end_was_not_logged_still_ended() -> None:
    """The server may have been off when the lease ended."""
    assert holder(EVENTS[:1], 2001) is None


def test_every_client_of_a_pool_is_found_at_every_time() -> None:
    """A pool that clients share over time: the log and the book agree at each moment."""
    site = Site()
    log = Log(site)
    seen: list[tuple[float, str, str]] = []
    for turn in range(40):
        client = Client(site, 10 + turn)
        offered = client.discover()
        if offered is not None:
            mine = client.get()
            log.take()
            seen.append((site.now, mine, f"1,6,02:00:00:00:00:{10 + turn:02x}"))
            if turn % 3 == 0:
                site.now += 5
                client.release(mine)
                log.take()
        site.now += 200
        site.turn()
        log.take()
    assert len(seen) > len(POOL)
    for at, address, hardware in seen:
        found = holder([each for each in log.all if each["address"] == address], at)
        assert found is not None
        assert found["hardware"] == hardware


def test_a_renewal_is_no_new_lease_however_many_others_there_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of events is bounded, and a site has more addresses than that."""
    monkeypatch.setattr(leaseevents, "REMEMBERED", 2)
    site = Site()
    log = Log(site)
    clients = [Client(site, last) for last in range(1, 4)]
    mine = []
    for client in clients:
        mine.append(client.get())
        assert log.take() == ["leased"]
    site.wait(600)
    for client, address in zip(clients, mine, strict=True):
        client.renew(address)
        assert log.take() == ["extended"]
