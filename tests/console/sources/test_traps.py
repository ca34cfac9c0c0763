"""Notifications as observations: whose they are, and what the thread hands over."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from console.model.observations import TrapSeen
from console.sources.traps import Counters, Notification, Rejection, Senders, follow, losses, observed
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR

SENDERS = Senders({"192.0.2.11": (PAIR, MAIN), "192.0.2.12": (PAIR, BACKUP)}, [PAIR])


@dataclass(frozen=True)
class Said:
    name: str
    text: str


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
    seen = observed(note, SENDERS)
    assert (seen.pair, seen.server) == whose


def test_everything_that_a_trap_says_is_kept() -> None:
    assert observed(Note(), SENDERS) == TrapSeen(
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


def test_who_asks_for_our_engine_id_is_no_loss() -> None:
    class Asked(Receiver):
        def causes(self) -> Mapping[str, int]:
            return {"discovery": 3, "community": 1}

    assert losses(Asked()) == {"traps-dropped": 2, "traps-kernel-drops": 1, "traps-rejected": 1}
