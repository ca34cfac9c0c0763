"""Notifications as observations: whose they are, and what the thread hands over."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.errors import ConfigError
from console.makes.settings import source_network
from console.model.observations import TrapSeen
from console.settings.document import load
from console.settings.traps import EventSettings
from console.sources.senders import Sender, Senders
from console.sources.traps import Counters, Notification, Rejection, follow, losses, observed
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, pair, picture

SENDERS = Senders({"192.0.2.11": (PAIR, MAIN), "192.0.2.12": (PAIR, BACKUP)}, [PAIR])


@dataclass(frozen=True)
class Said:
    name: str
    text: str
    oid: str = ""


@dataclass(frozen=True)
class Note:
    """A notification as the receiver makes it."""

    source: tuple[str, int] = ("192.0.2.12", 5000)
    agent: str | None = None
    varbinds: tuple[Said, ...] = (Said("server", "192.0.2.11"),)
    name: str = "other-server-not-responding"
    oid: str = "1.3.6.1.4.1.9.9.120.2.0.13"
    version: str = "v2c"
    received_at: float = NOW
    count: int = 2


@pytest.mark.parametrize(
    ("note", "whose"),
    [
        (Note(), (PAIR, BACKUP)),
        (Note(agent="192.0.2.11"), (PAIR, MAIN)),
        (Note(agent="0.0.0.0"), (PAIR, BACKUP)),
        (Note(source=("203.0.113.9", 1)), ("", "")),
        (Note(source=("203.0.113.9", 1), varbinds=(Said("failover-pair-name", PAIR),)), (PAIR, "")),
        (Note(source=("203.0.113.9", 1), varbinds=(Said("failover-pair-name", "stranger"),)), ("", "")),
    ],
)
def test_a_trap_belongs_to_whom_its_addresses_name(note: Note, whose: tuple[str, str]) -> None:
    (seen,) = observed(note, SENDERS)
    assert (seen.pair, seen.server) == whose


def test_everything_that_a_trap_says_is_kept() -> None:
    (seen,) = observed(Note(), SENDERS)
    assert seen == TrapSeen(
        NOW,
        PAIR,
        BACKUP,
        "other-server-not-responding",
        "1.3.6.1.4.1.9.9.120.2.0.13",
        "192.0.2.12:5000",
        "v2c",
        {"server": "192.0.2.11"},
        2,
    )


@pytest.mark.parametrize(
    ("configured", "source"),
    [
        ("192.0.2.12", "::ffff:192.0.2.12"),
        ("::ffff:192.0.2.12", "192.0.2.12"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1", "fe80::1%7"),
        ("192.0.2.0/28", "192.0.2.12"),
        ("::ffff:192.0.2.0/124", "192.0.2.12"),
        ("2001:db8::/64", "2001:db8::5"),
    ],
)
def test_an_address_is_found_in_every_form_of_it_and_in_its_network(configured: str, source: str) -> None:
    senders = Senders({source_network(configured): (PAIR, MAIN)}, [PAIR])
    assert senders.senders_of(source, None, None) == (Sender(PAIR, MAIN),)
    assert senders.senders_of("198.51.100.1", None, None) == (Sender(""),)


def test_a_device_matters_to_its_pairs_and_the_most_exact_source_counts() -> None:
    devices = {"192.0.2.0/24": [Sender("a", "", "switch"), Sender("b", "", "switch")]}
    senders = Senders({"192.0.2.12": (PAIR, BACKUP)}, [PAIR], devices)
    seen = observed(Note(source=("192.0.2.99", 161), name="link-down", varbinds=(Said("if-index", "7"),)), senders)
    assert [(each.pair, each.server, each.device) for each in seen] == [("a", "", "switch"), ("b", "", "switch")]
    assert [each.server for each in observed(Note(), senders)] == [BACKUP]


EVENT = EventSettings.model_validate(
    {
        "name": "relay-down",
        "trap": "1.3.6.1.4.1.9999.1.*",
        "clear": "1.3.6.1.4.1.9999.2.1",
        "severity": "major",
        "per": ["port"],
        "text": "the relay's port is down",
    }
)


def test_a_configured_trap_raises_an_alarm_of_the_pair_and_its_clearing_trap_ends_it() -> None:
    senders = Senders({}, [PAIR], {"192.0.2.50": [Sender(PAIR, "", "switch-1")]}, [EVENT])

    def sent(oid: str, port: str, at: float) -> TrapSeen:
        note = Note(("192.0.2.50", 161), None, (Said("port", port),), "unknown", oid, received_at=at, count=1)
        (seen,) = observed(note, senders)
        return seen

    down = [sent("1.3.6.1.4.1.9999.1.1", port, NOW) for port in ("7", "8")]
    found = pair(down)
    alarms = {each.id: each for each in found.open_alarms if each.kind == "trap-event"}
    assert set(alarms) == {f"{PAIR}/trap-event/switch-1/relay-down/{port}" for port in ("7", "8")}
    alarm = alarms[f"{PAIR}/trap-event/switch-1/relay-down/7"]
    assert (alarm.severity, alarm.text) == ("major", "switch-1: the relay's port is down (port 7)")
    after = pair(down, [sent("1.3.6.1.4.1.9999.2.1", "7", NOW + 1)])
    assert not after.alarms[alarm.id].is_active
    assert after.alarms[f"{PAIR}/trap-event/switch-1/relay-down/8"].is_active


def test_an_unknown_trap_of_an_unknown_sender_shows_its_oid_and_its_values() -> None:
    note = Note(("203.0.113.9", 1), None, (Said("1.3.6.1.4.1.4242.1", "pump 3"),), "unknown", "1.3.6.1.4.1.4242.0.9")
    (seen,) = observed(note, SENDERS)
    own = picture(seen).own
    (alarm,) = own.open_alarms
    for text in (alarm.text, own.timeline[-1].text):
        assert "1.3.6.1.4.1.4242.0.9: 1.3.6.1.4.1.4242.1 pump 3" in text


def test_one_address_for_both_servers_is_refused_with_its_line(tmp_path: Path) -> None:
    server = 'api = "http://127.0.0.1:1"\nuser = "u"\ntrap_sources = ["{}"]\n'
    path = tmp_path / "pairwatch.toml"
    path.write_text(
        '[[pair]]\nname = "p"\n'
        + '[[pair.server]]\nname = "a"\nrole = "main"\n'
        + server.format("192.0.2.1")
        + '[[pair.server]]\nname = "b"\nrole = "backup"\n'
        + server.format("::ffff:192.0.2.1"),
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"pairwatch.toml:1: .*192\.0\.2\.1 is in trap_sources of both servers"):
        load(path)


@dataclass
class Totals:
    """What a receiver counted."""

    received: int = 9
    decoded: int = 3
    coalesced: int = 0
    rejected: int = 4
    dropped: int = 2
    kernel_drops: int = 1


class Receiver:
    """Two batches, then silence, as a receiver gives them to the thread that asks."""

    def __init__(self) -> None:
        self.batches: list[Sequence[Notification]] = [[Note()], [], [Note(), Note()]]
        self.asked_in: set[str] = set()
        self.closed = threading.Event()
        self.wrong_modules: tuple[str, ...] = ()

    def start(self) -> tuple[tuple[str, int], ...]:
        return (("127.0.0.1", 1162),)

    def receive(self, timeout: float) -> Sequence[Notification]:
        self.asked_in.add(threading.current_thread().name)
        return self.batches.pop(0) if self.batches else []

    def counters(self) -> Counters:
        return Totals()

    def causes(self) -> Mapping[str, int]:
        return {}

    def rejections(self) -> Sequence[Rejection]:
        return ()

    def faults(self) -> Sequence[str]:
        return self.wrong_modules

    def close(self) -> Sequence[Notification]:
        self.closed.set()
        return ()


async def test_notifications_reach_the_event_loop_and_the_receiver_is_closed_at_the_end() -> None:
    receiver = Receiver()
    seen: list[TrapSeen] = []
    third = asyncio.Event()

    def emit(trap: TrapSeen) -> None:
        seen.append(trap)
        if len(seen) == 3:
            third.set()

    task = asyncio.create_task(follow(receiver, SENDERS, emit))
    await asyncio.wait_for(third.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert receiver.closed.is_set()
    assert receiver.asked_in == {"traps"}


async def test_faults_of_mib_modules_are_complaints_once() -> None:
    receiver = Receiver()
    receiver.wrong_modules = ("X-MIB (x), line 3: \x1b[2J", "Y-MIB (y): absent")
    complaints: list[str] = []
    told = asyncio.Event()

    def complain(text: str) -> None:
        complaints.append(text)
        told.set()

    task = asyncio.create_task(follow(receiver, SENDERS, lambda trap: None, complain=complain))
    await asyncio.wait_for(told.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(complaints) == 1
    assert complaints[0].startswith("MIB modules: X-MIB (x), line 3: ")
    assert complaints[0].endswith("(and 1 more: pairwatch doctor)")
    assert "\x1b" not in complaints[0]


def test_the_object_of_a_second_row_does_not_replace_that_of_the_first() -> None:
    rows = (
        Said("portSlot", "1"),
        Said("portState", "up", "1.3.1"),
        Said("portSlot", "1"),
        Said("portState", "down", "1.3.2"),
    )
    (seen,) = observed(Note(varbinds=rows), SENDERS)
    assert seen.varbinds == {"portSlot": "1", "portState": "up", "portState (1.3.2)": "down"}


def test_who_asks_for_our_engine_id_is_no_loss() -> None:
    class Asked(Receiver):
        def causes(self) -> Mapping[str, int]:
            return {"discovery": 3, "community": 1}

    assert losses(Asked()) == {"traps-dropped": 2, "traps-kernel-drops": 1, "traps-rejected": 1}
