"""When a copy of all alarms, arrivals and notes of a pair is written to the journal, so that they survive a restart.

Folding the observations gives the alarms again, but only from the entry where reading begins. So the collector writes
all of them as an observation of its own: soon after a change, and at intervals without a change. It does so without
any alarm too: such an entry shows that the journal has alarms up to it.
"""

from collections.abc import Iterator

from console.model.alarm_records import kept_alarms
from console.model.arrivals import kept
from console.model.observations import AlarmsKept, ArrivalsKept, PinsKept
from console.model.picture import Picture
from console.model.pins import kept_pins

CHANGED_SECONDS = 10.0
"""The shortest interval in a storm; what changes in between is folded again from its observations."""
UNCHANGED_SECONDS = 3600.0


class AlarmKeeper:
    """Has the alarms of each pair as they were last kept."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, object]] = {}

    def due(self, picture: Picture, now: float) -> Iterator[AlarmsKept]:
        """The observations to keep now. Comparing is cheap, since pictures share what did not change."""
        for pair in (*picture.pairs.values(), picture.own):
            at, alarms = self._kept.get(pair.name, (float("-inf"), None))
            changed = alarms is not pair.alarms
            if now - at >= (CHANGED_SECONDS if changed else UNCHANGED_SECONDS):
                self._kept[pair.name] = (now, pair.alarms)
                yield AlarmsKept(now, pair.name, kept_alarms(pair.alarms.values()))


class ArrivalsKeeper:
    """Keeps the arrivals of new clients once an hour. Later arrivals are folded from the counters of the servers."""

    def __init__(self) -> None:
        self._kept_at: dict[str, float] = {}

    def due(self, picture: Picture, now: float) -> Iterator[ArrivalsKept]:
        """The observations to keep now: none for a pair that was not watched for an hour since the last time."""
        for pair in picture.pairs.values():
            if now - self._kept_at.setdefault(pair.name, now) < UNCHANGED_SECONDS:
                continue
            self._kept_at[pair.name] = now
            servers = {
                name: {pool: kept(each) for pool, each in server.arrivals.items()}
                for name, server in pair.servers.items()
                if server.arrivals
            }
            if servers:
                yield ArrivalsKept(now, pair.name, servers)


class PinsKeeper:
    """Keeps the notes and planned silences at each change, and once an hour: they outlast the entries of the
    journal."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, object, object]] = {}

    def due(self, picture: Picture, now: float) -> Iterator[PinsKept]:
        """The observations to keep now. A pair that never had any has none."""
        for pair in (*picture.pairs.values(), picture.own):
            at, notes, plans = self._kept.get(pair.name, (float("-inf"), None, None))
            if notes is None and not pair.notes and not pair.plans:
                continue
            if pair.notes is not notes or pair.plans is not plans or now - at >= UNCHANGED_SECONDS:
                self._kept[pair.name] = (now, pair.notes, pair.plans)
                yield kept_pins(now, pair)
