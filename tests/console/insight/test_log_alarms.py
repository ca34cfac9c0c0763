"""Alarms that only log lines raise: what clients, relays and interfaces do, as the server's catalogue writes it."""

from typing import Any

import pytest

from console.insight.alarms.log_rows import LOG_ROWS
from console.insight.fold import fold, fold_all
from console.insight.wording import DAY, HOUR
from console.model.observations import ClockTick, LogLine
from console.model.picture import Alarm, Picture, Severity
from dhcpserver.contract import messages
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer, empty, log, picture


def line(message: messages.Message, at: float = NOW, server: str = MAIN, **values: Any) -> LogLine:
    text = message.text.format(**({"more": ""} | values))
    return log(f"{message.number:05}", text, server, at, message.level)


def active(found: Picture) -> dict[str, Alarm]:
    """The active alarms by kind and entity."""
    return {alarm.id.removeprefix(f"{PAIR}/"): alarm for alarm in found.pairs[PAIR].open_alarms}


PORT = "relay 192.0.2.9, port 00:07"
LINES: dict[str, tuple[messages.Message, dict[str, Any]]] = {
    f"interface-not-receiving/{MAIN}/eth0": (messages.CANNOT_RECEIVE, {"listener": "eth0", "reason": "it is gone"}),
    "partner-gives-no-leases/pair": (messages.CLIENTS_IN_VAIN, {"pair": PAIR, "count": 7}),
    f"no-address-for-client/{MAIN}/'wifi'": (messages.NO_ADDRESS, {"scopes": "'wifi'", "client": "02:00"}),
    f"network-not-served/{MAIN}/192.0.2.9": (messages.NO_SCOPE, {"relay": "192.0.2.9"}),
    f"discover-flood/{MAIN}/wifi": (messages.OFFERS_YIELD, {"scope": "wifi"}),
    f"identifier-used-twice/{MAIN}/01:aa": (
        messages.TWO_MACHINES,
        {"identifier": "01:aa", "address": "192.0.2.7", "before": "02:01", "after": "02:02"},
    ),
    f"declines-limited/{MAIN}/{PORT}": (messages.DECLINES_LIMITED, {"port": PORT, "limit": 3, "address": "192.0.2.7"}),
    f"declined-address-reused/{MAIN}/wifi": (messages.ABANDONED_REUSED, {"scope": "wifi", "address": "192.0.2.7"}),
    f"new-clients-limited/{MAIN}/{PORT}": (messages.NEW_CLIENTS_LIMITED, {"port": PORT, "limit": 3}),
    f"lease-events-not-received/{MAIN}/nac.example": (
        messages.EVENTS_NOT_SENT,
        {"to": "nac.example", "reason": "Connection refused"},
    ),
    f"replies-not-sent/{MAIN}/192.0.2.9": (messages.NOT_SENT, {"to": "192.0.2.9", "reason": "no route"}),
}


def test_every_kind_of_these_rows_is_here() -> None:
    assert {each.partition("/")[0] for each in LINES} == {str(row.kind) for row in LOG_ROWS}


@pytest.mark.parametrize("alarm", LINES)
def test_a_line_raises_an_alarm_for_its_subject(alarm: str) -> None:
    """R-141: what a log tells is an alarm with what to do, also where polls and traps have nothing of it."""
    message, values = LINES[alarm]
    found = active(picture(answer(MAIN), answer(BACKUP), line(message, **values)))
    assert list(found) == [alarm]
    assert found[alarm].sources == ("log",)
    assert found[alarm].severity in (Severity.WARNING, Severity.MAJOR)
    assert found[alarm].text == f"{MAIN}: {message.text.format(**({'more': ''} | values))}"


@pytest.mark.parametrize("alarm", LINES)
def test_it_ends_by_its_age_where_nothing_else_ends_it(alarm: str) -> None:
    message, values = LINES[alarm]
    found = picture(line(message, **values), line(message, NOW + 60, **values))
    assert active(found)[alarm].count == 2
    late = DAY if "identifier" in alarm else HOUR
    assert alarm in active(fold(found, ClockTick(NOW + 59 + late)))
    assert (alarm in active(fold(found, ClockTick(NOW + 60 + late)))) is alarm.startswith("interface")


def test_an_interface_that_receives_again_ends_its_alarm_only() -> None:
    gone = [line(messages.CANNOT_RECEIVE, listener=each, reason="it is gone") for each in ("eth0", "eth1")]
    found = fold_all(empty(), [*gone, line(messages.RECEIVES_AGAIN, NOW + 1, listener="eth0")])
    assert list(active(found)) == [f"interface-not-receiving/{MAIN}/eth1"]


def test_a_receiver_that_gets_its_events_again_ends_its_alarm_only() -> None:
    lost = [line(messages.EVENTS_NOT_SENT, to=each, reason="refused") for each in ("nac", "ipam")]
    dropped = line(messages.EVENTS_DROPPED, NOW + 1, to="ipam", count=7)
    found = fold_all(empty(), [*lost, dropped, line(messages.EVENTS_SENT_AGAIN, NOW + 2, to="nac")])
    assert list(active(found)) == [f"lease-events-not-received/{MAIN}/ipam"]
    assert active(found)[f"lease-events-not-received/{MAIN}/ipam"].count == 2


def test_a_start_of_the_server_ends_the_alarms_of_its_interfaces_and_not_those_of_its_partner() -> None:
    """A restarted server writes the line again for an interface from which it cannot receive."""
    gone = [line(messages.CANNOT_RECEIVE, NOW, each, listener="eth0", reason="gone") for each in (MAIN, BACKUP)]
    found = fold_all(empty(), [*gone, line(messages.STARTED, NOW + 1, server=MAIN, name="dhcp-a", version="1")])
    assert list(active(found)) == [f"interface-not-receiving/{BACKUP}/eth0"]


def test_a_flood_of_subjects_shares_one_alarm() -> None:
    lines = [line(messages.NO_SCOPE, NOW + each, relay=f"10.0.{each}.1") for each in range(250)]
    assert len(active(fold_all(empty(), lines))) <= 101
