"""A day of alarms through the recorder and the journal: who reads it has the very alarms that the collector had."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from console.journal.keeper import AlarmKeeper
from console.journal.recording import Recorder
from console.journal.store import Journal
from console.model.observations import (
    AlarmsKept,
    Health,
    Notified,
    Observation,
    OperatorAction,
    PollFailure,
)
from console.model.picture import OWN, Alarm
from console.state.replay import Player
from console.state.store import PictureStore
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, empty, log, pool, trap

STATES = ("NORMAL", "NORMAL", "NORMAL", "COMMUNICATIONS-INTERRUPTED", "PARTNER-DOWN", "RECOVER", "POTENTIAL-CONFLICT")
SECONDS = 24 * 3600
STEP = 6
"""Seconds between polls: less than between what the recorder keeps, so that it has something to leave out."""


@dataclass
class Life:
    """What a collector goes through, second by second: faults that come and go, and people who answer to them."""

    dice: random.Random
    store: PictureStore
    now: float = NOW

    def __post_init__(self) -> None:
        self.state = {MAIN: "NORMAL", BACKUP: "NORMAL"}
        self.free = {MAIN: 60, BACKUP: 60}
        self.quirks: dict[str, dict[str, Any]] = {MAIN: {}, BACKUP: {}}
        self.away: dict[str, int] = {MAIN: 0, BACKUP: 0}
        self.drops = 0
        self.failing: str | None = None

    def second(self) -> None:
        """All that happens within one second, in the order in which the console hears of it."""
        self.change()
        for server in (MAIN, BACKUP):
            self.observe(self.poll(server))
        if self.dice.random() < 0.02:
            self.observe(self.news())
        if self.dice.random() < 0.02:
            self.act()
        self.observe(Health(self.now, OWN, "noc-1", {"journal": self.failing}, {"traps-dropped": self.drops}))
        self.store.tick()

    def observe(self, observation: Observation) -> None:
        self.store.observe(observation)

    def change(self) -> None:
        dice = self.dice
        for server in (MAIN, BACKUP):
            if dice.random() < 0.003:
                self.state[server] = dice.choice(STATES)
            if dice.random() < 0.003:
                self.quirks[server] = dice.choice(
                    [{}, {"time_skew": 3.0}, {"oldest_unacked_age": 40.0}, {"config_mismatch": ["mclt"]},
                     {"reload_pending": True}, {"failover_recover": "2026-07-14T00:00:00Z"}]
                )  # fmt: skip
            if dice.random() < 0.002:
                self.away[server] = dice.choice([1, 2, 5, 60, 600])
            self.free[server] = min(100, max(0, self.free[server] + dice.choice([-1, 0, 0, 1])))
        if dice.random() < 0.002:
            self.drops += dice.randrange(1, 100)
        if dice.random() < 0.002:
            self.failing = dice.choice([None, "disk full"])

    def poll(self, server: str) -> Observation:
        if self.away[server]:
            self.away[server] -= 1
            error = self.dice.choice(["Connection refused", "no answer within 3 s"])
            return PollFailure(self.now, PAIR, server, error)
        pools = [pool("wifi", self.free[server], 0, 100)]
        return answer(server, self.now, self.state[server], pools=pools, **self.quirks[server])

    def news(self) -> Observation:
        dice = self.dice
        by, late = dice.choice([MAIN, BACKUP]), self.now - dice.choice([0.0, 0.0, 0.3, 2.0])
        address = f"192.0.2.{dice.randrange(250)}"
        found: list[Observation] = [
            trap("other-server-not-responding", by, late, dice.randrange(1, 5)),
            trap("other-server-responding", by, late),
            trap("free-address-low", by, late, scope_name="wifi"),
            trap("free-address-high", by, late, scope_name="wifi"),
            trap("server-stop", by, late, server_type="dhcp"),
            trap("server-start", by, late, server_type="dhcp"),
            *(trap("duplicate-address", by, late, address=address),) * 6,
            trap("address-conflict", by, late, contested_address=address),
            trap("unknown", by, late),
            replace(trap("cold-start", by, late), pair="", source="198.51.100.7:161"),
            log("18101", "contact with partner 192.0.2.11 lost (refused)", by, late),
            log("18102", "contact with partner is back", by, late),
            log("18112", "Scope 'wifi': few addresses are free", by, late),
        ]
        return dice.choice(found)

    def act(self) -> None:
        pair = self.store.picture.own if self.dice.random() < 0.2 else self.store.picture.pairs[PAIR]
        if not pair.alarms:
            return
        alarm = self.dice.choice(list(pair.alarms.values()))
        word = self.dice.choice(["acknowledge", "unacknowledge", "suppress", "unsuppress", "clear-alarm", "notified"])
        who = self.dice.choice(["jo", "sam"])
        if word == "notified":
            self.observe(Notified(self.now, pair.name, "pager", "first", alarm.id))
            return
        detail = {"until": self.now + 900, "reason": "works"} if word == "suppress" else {"comment": "mine"}
        same = [each.id for each in pair.open_alarms if each.kind == alarm.kind][:3]
        if len(same) > 1:
            self.observe(OperatorAction(self.now, pair.name, who, word, alarm.kind, {**detail, "alarms": same}))
        else:
            self.observe(OperatorAction(self.now, pair.name, who, word, alarm.id, detail))


def told(store: PictureStore) -> Mapping[str, Alarm]:
    """Every alarm with all that is known of it."""
    return {**store.picture.pairs[PAIR].alarms, **store.picture.own.alarms}


def differing(one: Mapping[str, Alarm], other: Mapping[str, Alarm]) -> dict[str, tuple[Alarm | None, Alarm | None]]:
    return {key: (one.get(key), other.get(key)) for key in {*one, *other} if one.get(key) != other.get(key)}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_day_played_back_has_the_same_alarms_at_every_time(tmp_path: Path, seed: int) -> None:
    """Ids, severities, since, last, counts, sources, owners, history, cleared: all that an alarm has."""
    dice = random.Random(seed)
    journal, recorder, keeper = Journal.open(f"sqlite:///{tmp_path / 'journal.db'}"), Recorder(), AlarmKeeper()
    batch: list[Observation] = []

    def keep(observation: Observation) -> None:
        thinned = recorder.thin(observation)
        if thinned is not None:
            batch.append(thinned)

    store = PictureStore(empty(), lambda: life.now, ZONE, keep)
    life = Life(dice, store)
    stood: list[tuple[float, Mapping[str, Alarm]]] = []
    restart_at = NOW + STEP * dice.randrange(SECONDS // STEP)
    while life.now < NOW + SECONDS:
        life.second()
        for kept in keeper.due(store.picture, life.now):
            keep(kept)
        if int(life.now - NOW) % 97 < STEP:
            stood.append((life.now, told(store)))
        life.now += STEP
        if life.now == restart_at:
            # The collector ends, and another begins with what the journal remembers of the last hour.
            journal.append(batch)
            batch.clear()
            before = told(store)
            store = PictureStore(empty(), lambda: life.now, ZONE, keep)
            store.recall(journal.recall(life.now - 3600, life.now, upto=journal.last()))
            assert differing(told(store), before) == {}
            life.store, recorder, keeper = store, Recorder(), AlarmKeeper()
    journal.append(batch)
    assert sum(len(each) for _, each in stood) > 1000, "a day without alarms proves nothing"

    recorded = list(journal.replayed(NOW, life.now))
    assert len(recorded) < 4 * SECONDS // STEP, "polls are thinned"
    player = Player(recorded, empty().pairs.values(), ZONE)
    assert not player.store.judges
    for at, alarms in stood:
        player.seek(at)
        player.store.tick()  # As the screen does.
        assert differing(told(player.store), alarms) == {}, (at - NOW, restart_at - NOW)
    # Back to the middle, which folds anew from the start.
    at, alarms = stood[len(stood) // 2]
    player.seek(at)
    player.store.tick()
    assert differing(told(player.store), alarms) == {}
    journal.close()


def test_playing_may_begin_anywhere_with_the_alarms_that_stood_there(tmp_path: Path) -> None:
    """Also between two times at which alarms were kept whole."""
    journal = Journal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    conflict = trap("address-conflict", at=NOW + 5, contested_address="192.0.2.9")
    journal.append([AlarmsKept(NOW, PAIR, ()), answer(MAIN, NOW + 1), conflict, answer(MAIN, NOW + 8)])
    story = list(journal.replayed(NOW + 7, NOW + 9))
    assert [type(each).__name__ for each in story] == ["AlarmsKept", "TrapSeen", "PollAnswer"]
    player = Player(story, empty().pairs.values(), ZONE)
    player.seek(NOW + 8)
    assert len(player.store.picture.pairs[PAIR].open_alarms) == 1
    journal.close()
