"""The collector's picture as metrics in the text format of Prometheus.

What is unknown has no sample: nothing is 0 because an answer is missing. The facts of a server are those of its last
answer, while it is seen.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import tzinfo

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from console.insight.countdowns import takeover_left
from console.insight.forecast import usable_addresses
from console.insight.freshness import age, is_seen, live_facts, main_first
from console.insight.limits import UNSEEN_AFTER_FAILURES
from console.insight.verdict import severity
from console.model.phases import SERVING, Phase
from console.model.picture import WORST_FIRST, PairPicture, Picture, ServerPicture

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SERVER = ("pair", "server", "role")
GIVING = SERVING - {Phase.RETURNED}
"""The phases in which new clients get addresses; in others no pool is called empty."""
POOL = ("pair", "server", "pool", "family")


class PictureMetrics(Collector):
    """The metrics of one picture at a time. `collecting`: whether this process polls, and does not only read."""

    def __init__(self, picture: Picture, now: float, zone: tzinfo, collecting: bool) -> None:
        self._picture = picture
        self._now = now
        self._zone = zone
        self._collecting = collecting

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("pairwatch_collecting", "1 while this process polls", value=self._collecting)
        yield from self._pairs()
        yield from self._servers()
        yield from self._live()
        yield from self._pools()
        yield self._alarms()

    def _every_server(self) -> Iterator[tuple[PairPicture, ServerPicture, list[str]]]:
        for pair in self._picture.pairs.values():
            for server in main_first(pair.servers.values()):
                yield pair, server, [pair.name, server.name, server.role]

    def _pairs(self) -> Iterator[Metric]:
        info = _gauge("pairwatch_pair_info", "1 for each pair", ("pair", "environment"))
        grades = _gauge("pairwatch_pair_severity", "1 for the severity of the pair, 0 for others", ("pair", "severity"))
        for pair in self._picture.pairs.values():
            info.add_metric([pair.name, pair.environment], 1)
            found = severity(pair, self._now, self._zone)
            for each in WORST_FIRST:
                grades.add_metric([pair.name, str(each)], each is found)
        yield from (info, grades)

    def _servers(self) -> Iterator[Metric]:
        reachable = _gauge("pairwatch_server_reachable", "1 if the server answers polls, 0 if it does not", SERVER)
        ages = _gauge("pairwatch_server_answer_age_seconds", "Seconds since the last answer", SERVER)
        for _, server, labels in self._every_server():
            if is_seen(server, self._now):
                reachable.add_metric(labels, 1)
            elif server.failures >= UNSEEN_AFTER_FAILURES or server.unreadable:
                reachable.add_metric(labels, 0)
            seconds = age(server, self._now)
            if seconds is not None:
                ages.add_metric(labels, seconds)
        yield from (reachable, ages)

    def _live(self) -> Iterator[Metric]:
        states = _gauge("pairwatch_server_state", "1 for the state of the server", (*SERVER, "state", "phase"))
        left = _gauge("pairwatch_safe_period_remaining_seconds", "Seconds until automatic PARTNER-DOWN", SERVER)
        for pair in self._picture.pairs.values():
            for server, facts in live_facts(pair, self._now):
                labels = [pair.name, server.name, server.role]
                if facts.phase is not Phase.UNKNOWN:
                    states.add_metric([*labels, facts.word, str(facts.phase)], 1)
                seconds = takeover_left(server, self._now)
                if seconds is not None:
                    left.add_metric(labels, seconds)
        yield from (states, left)

    def _pools(self) -> Iterator[Metric]:
        free = _gauge("pairwatch_pool_free_addresses", "Free addresses in the server's own share", POOL)
        empty = _gauge("pairwatch_pool_empty", "1 if the server has no address for a new client", POOL)
        for pair in self._picture.pairs.values():
            for server, facts in live_facts(pair, self._now):
                for pool in facts.pools or ():
                    labels = [pair.name, server.name, pool.name, pool.family]
                    if pool.available is not None:
                        free.add_metric(labels, pool.available)
                    usable = usable_addresses(pool, facts, self._now)
                    if usable is not None and pool.total != 0 and facts.phase in GIVING:
                        empty.add_metric(labels, usable == 0)
        yield from (free, empty)

    def _alarms(self) -> Metric:
        names = ("pair", "kind", "severity", "silenced")
        family = _gauge("pairwatch_alarms", "Active alarms; a kind without one has no sample", names)
        pairs = [*self._picture.pairs.values(), self._picture.own]
        counts = Counter(
            (pair.name, each.kind, str(each.severity), str(each.suppressed).lower())
            for pair in pairs
            for each in pair.open_alarms
        )
        for labels, count in counts.items():
            family.add_metric(labels, count)
        return family


def _gauge(name: str, text: str, labels: tuple[str, ...]) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=labels)


def exposition(picture: Picture, now: float, zone: tzinfo, collecting: bool) -> bytes:
    """The page of metrics."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(PictureMetrics(picture, now, zone, collecting))
    return generate_latest(registry)
