"""A day of weather on two hundred pairs stays within the limits of ANSI/ISA-18.2, through the real alarm code."""

from dataclasses import dataclass, field
from datetime import time

from console.insight.alarm_quality.episodes import EpisodeReader
from console.insight.alarm_quality.limits import compare
from console.insight.alarm_quality.measures import Quality, measure
from console.insight.alarms.planned import Plan, due_silences
from console.insight.alarms.table import BY_KIND
from console.insight.fold import fold
from console.insight.wording import DAY, HOUR
from console.model.observations import Notified, Observation
from console.model.picture import Picture
from console.notify.decide import Message, due_messages
from console.settings.notify import NotifySettings
from tests.console.insight.alarm_quality.weather import BEGIN, LAB, day

CHECK_SECONDS = 10.0
SHIFT_SECONDS = 8 * HOUR
PAGER = NotifySettings.model_validate({"name": "pager", "url": ["json://127.0.0.1"], "delay_seconds": 30})
PATCHING = Plan("patching", environments=(LAB,), days=("mon",), begin=time(2), end=time(4), reason="restarts")
SLOTS = range(int(BEGIN // 600), int((BEGIN + DAY) // 600))


@dataclass(slots=True)
class Console:
    """What the collector does with the observations of a day: fold, silence by plan, send messages."""

    picture: Picture
    reader: EpisodeReader = field(default_factory=EpisodeReader)
    sent: list[tuple[float, Message]] = field(default_factory=list)

    def take(self, observation: Observation) -> None:
        after = fold(self.picture, observation)
        self.reader.compare(self.picture, after)
        self.picture = after

    def check(self, now: float) -> None:
        for action in list(due_silences([PATCHING], self.picture, now)):
            self.take(action)
        for message in due_messages([PAGER], self.picture, now):
            self.sent.append((now, message))
            for pair, alarm in message.about:
                self.take(Notified(now, pair, message.target, message.stage, alarm))


def lived() -> Console:
    picture, observations = day(seed=18)
    console, checked = Console(picture), BEGIN
    for each in observations:
        while checked + CHECK_SECONDS <= each.at:
            checked += CHECK_SECONDS
            console.check(checked)
        console.take(each)
    return console


def test_a_day_of_weather_stays_within_the_limits() -> None:
    """One test, because the day takes half a minute to live through."""
    console = lived()
    quality = measure(console.reader.episodes(), BEGIN, BEGIN + DAY, SLOTS)
    check_the_weather(quality)
    check_the_alarms(quality)
    check_the_pages(console)


def check_the_weather(quality: Quality) -> None:
    """The limits mean something only where much happened."""
    assert quality.raised > 800
    assert min(quality.fleeting, quality.silenced, quality.folded, quality.again) > 50
    assert quality.raised == sum(
        (quality.announced, quality.fleeting, quality.silenced, quality.folded, quality.again, quality.events)
    )


def check_the_alarms(quality: Quality) -> None:
    assert quality.recorded == DAY
    assert quality.per_hour is not None
    assert 1 < quality.per_hour <= 6
    assert quality.flood_share is not None
    assert quality.flood_share < 0.01
    assert quality.chattering == ()
    kept = {each.limit.name: each.kept for each in compare(quality)}
    assert kept["alarms in ten minutes, worst"]
    assert kept["stale"]


def check_the_pages(lived: Console) -> None:
    """A shift has two pages at most, each with something to do; each fault that needs a person is one page."""
    pages = [(at, message) for at, message in lived.sent if message.stage != "resolved"]
    shifts = [sum(int((at - BEGIN) // SHIFT_SECONDS) == number for at, _ in pages) for number in range(3)]
    assert shifts == [2, 2, 2], [message.title for _, message in pages]
    for _, message in pages:
        kinds = {lived.picture.pairs[pair].alarms[alarm].kind for pair, alarm in message.about}
        (todo,) = [line for line in message.body.splitlines() if line.startswith("to do: ")]
        assert todo in {f"to do: {BY_KIND[kind].act}" for kind in kinds}
    assert [each.partition(" ")[2].split()[0].strip(":") for each in (message.title for _, message in pages)] == [
        "other-server-not-responding",
        "both-alive-interrupted",
        "free-address-low",
        "both-alive-interrupted",
        "pair-unreachable",
        "address-conflict",
    ]
