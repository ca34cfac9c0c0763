"""A console that watches shows what the collector saw at most half a second before. In virtual time."""

from pathlib import Path

import pytest

from console.collector.participant import READ_SECONDS, WATCH_SECONDS, Participant
from console.journal import writer as writing
from console.journal.store import Journal
from console.journal.writer import JournalWriter
from console.model.observations import Observation
from console.state.store import PictureStore
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, empty, pool

STEP = 0.05
PROMISED_SECONDS = 0.5


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


async def _nothing() -> None:
    """No source."""


@pytest.mark.parametrize("moving", [False, True], ids=["equal answers", "counts that change and change back"])
def test_the_age_of_an_answer_is_right_within_half_a_second(moving: bool, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    clock = Clock()
    theirs, ours = Journal.open(url), Journal.open(url)
    writer = JournalWriter(theirs, keep_seconds=1e9, keep_octets=1 << 30, monotonic=clock)
    collector = PictureStore(empty(), clock, ZONE, writer.keep)
    watching = PictureStore(empty(), clock, ZONE)
    participant = Participant(watching, _nothing, ours, None, lambda observation: None)
    writer.show_latest()
    ours.watch()
    number, seen = 0, list[tuple[float, float, int]]()
    worst = 0.0
    for count in range(round(30 / STEP)):
        clock.now = NOW + count * STEP
        if count % 20 == 3:
            free = 75 - (count // 20) % 3 if moving else 75
            collector.observe(answer(MAIN, clock.now, pools=[pool(own=free)]))
            collector.observe(answer(BACKUP, clock.now))
            seen.append((clock.now, clock.now, free))
        if count % round(writing.LOOK_SECONDS / STEP) == 0:
            batch: list[Observation] = []
            while writer.waiting:
                found = writer._queue.get_nowait()
                assert found is not None
                batch.append(found)
            writer._append(batch)
            writer.show_latest()
        if count % round(WATCH_SECONDS / STEP) == 0:
            ours.watch()
        if count % round(READ_SECONDS / STEP) == 2:
            number, entries = ours.others_since(number)
            watching.recall(entries)
            participant.show_latest(ours.latest_since(participant._latest_at))
        due = [each for each in seen if each[0] <= clock.now - PROMISED_SECONDS]
        if due:
            server = watching.picture.pairs[PAIR].servers[MAIN]
            assert server.reported_at is not None
            assert server.facts is not None
            assert server.reported_at >= due[-1][1] - 1e-6, f"{clock.now - NOW:.2f} s: {server.reported_at - NOW}"
            worst = max(worst, due[-1][1] - server.reported_at)
            newest = [each for each in seen if each[1] <= server.reported_at + 1e-6][-1]
            assert (server.facts.pools or ())[0].available == newest[2], "no old number is shown as new"
    assert worst <= 1e-6
    assert theirs.last() < 30, "the entries stay few"
    theirs.close()
    ours.close()


def test_an_answer_from_before_an_outage_is_not_shown_as_its_end(tmp_path: Path) -> None:
    from tests.console.scenes import failures

    clock = Clock()
    journal = Journal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    watching = PictureStore(empty(), clock, ZONE)
    participant = Participant(watching, _nothing, journal, None, lambda observation: None)
    watching.recall([answer(MAIN, NOW - 100), *failures(MAIN)])
    unseen = watching.picture.pairs[PAIR].servers[MAIN]
    assert unseen.unseen_since is not None
    participant.show_latest([answer(MAIN, unseen.unseen_since - 1)])
    assert watching.picture.pairs[PAIR].servers[MAIN].failures == unseen.failures
    journal.close()


def test_nothing_is_written_for_consoles_that_do_not_watch(tmp_path: Path) -> None:
    """The latest answers cost a transaction each quarter of a second: only while a console asks for them."""
    clock = Clock()
    journal = Journal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    writer = JournalWriter(journal, keep_seconds=1e9, keep_octets=1 << 30, monotonic=clock)

    def shown_after(seconds: float) -> int:
        clock.now += seconds
        writer.keep(answer(MAIN, clock.now))
        writer.show_latest()
        return len(journal.latest_since(clock.now - 0.1))

    writer.keep(answer(MAIN, clock.now))
    writer.show_latest()
    assert shown_after(1.5) == 0, "nobody has asked"
    journal.watch()
    assert shown_after(1.5) == 1, "asked for a moment ago"
    assert shown_after(5.0) == 1
    shown_after(4.0)  # An entry of its own: ten seconds have passed since the first.
    assert shown_after(1.5) == 0, "the console that watched has ended"
    journal.watch()
    assert shown_after(1.5) == 1
    journal.close()
