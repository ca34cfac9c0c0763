"""A pair of real Kea servers, watched by the console's own source and judged by its own rules."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pytest

from console.actions.lease_lists import LeaseList
from console.errors import SourceError
from console.insight.config_diff import of_pair
from console.insight.diagnosis.problem import Certainty, Problem
from console.insight.diagnosis.table import diagnose
from console.insight.fold import fold
from console.insight.summary import status_json
from console.insight.verdict import severity, verdict
from console.makes.opening import open_source
from console.makes.registry import profile
from console.model.leases import LeaseQuery
from console.model.observations import ConfigAnswer, LeaseAnswer, LogLine, PollAnswer, PollFailure
from console.model.picture import PairPicture, Picture, Severity
from console.sources.log_tail import LogFile
from console.state.store import empty_pair
from tests.peers.kea import NAMES, PAIR, KeaPair, Link, kea_pair

pytestmark = [pytest.mark.peer, pytest.mark.live]


class Watch:
    """Polls both servers as the console does, and folds the answers into its picture."""

    def __init__(self, pair: KeaPair, *, logs: bool) -> None:
        settings = pair.settings()
        self.sources = {each.name: open_source(each, PAIR) for each in settings.server}
        servers = [(each.name, each.role, profile(each.make)) for each in settings.server]
        self.picture = Picture({PAIR: empty_pair(PAIR, "", servers)})
        self.logs = {
            name: LogFile(pair.folder / f"kea{number}.log") for number, name in enumerate(NAMES if logs else (), 1)
        }

    async def poll(self) -> PairPicture:
        for name, log in self.logs.items():
            for text in log.lines():
                self.picture = fold(self.picture, LogLine(time.time(), PAIR, name, text))
        for name, source in self.sources.items():
            try:
                polled = await source.poll()
            except SourceError as error:
                self.picture = fold(self.picture, PollFailure(time.time(), PAIR, name, str(error)))
            else:
                seen = PollAnswer(time.time(), PAIR, name, polled.facts, polled.raw)
                self.picture = fold(self.picture, seen)
        return self.picture.pairs[PAIR]

    async def until(self, what: str, holds: Callable[[PairPicture], bool], seconds: float = 25.0) -> PairPicture:
        """Poll until it holds; real servers take real time."""
        end = time.monotonic() + seconds
        while True:
            pair = await self.poll()
            if holds(pair):
                return pair
            assert time.monotonic() < end, f"not within {seconds} s: {what}; {self.sentence}"
            await asyncio.sleep(0.25)

    @property
    def sentence(self) -> str:
        return verdict(self.picture.pairs[PAIR], time.time(), UTC)

    def problem(self, id: str) -> Problem | None:
        """The problem of that id in the diagnosis."""
        found = diagnose(self.picture.pairs[PAIR], time.time(), UTC)
        return next((each for each in found if each.id == id), None)

    async def close(self) -> None:
        for log in self.logs.values():
            log.close()
        for source in self.sources.values():
            await source.close()


@asynccontextmanager
async def watched(pair: KeaPair, *, logs: bool = False) -> AsyncIterator[Watch]:
    watch = Watch(pair, logs=logs)
    try:
        yield watch
    finally:
        await watch.close()


def kinds(pair: PairPicture) -> set[str]:
    return {str(alarm.kind) for alarm in pair.open_alarms}


async def test_a_load_balancing_pair_is_protected_and_the_loss_of_a_server_is_critical(tmp_path: Path) -> None:
    """The countdown is in clients; what is not counted by partner is not divided; leases are read from both."""
    with kea_pair(tmp_path, "load-balancing", (8411, 8412, 8413, 8414)) as pair:
        pair.start(1)
        pair.start(2)
        async with watched(pair) as watch:
            calm = await watch.until(
                "both report each other", lambda pair: _partners(pair) == {"load-balancing"} and _protected(watch)
            )
            assert severity(calm, time.time()) is Severity.OK
            assert kinds(calm) == set()
            main = calm.servers["server1"].facts
            assert main is not None
            assert (main.role, main.word, main.partner, main.partner_word) == (
                "main",
                "load-balancing",
                "server2",
                "load-balancing",
            )
            assert abs(main.at - time.time()) < 5
            assert main.pools is not None
            assert [(each.name, each.total, each.leased, each.undivided) for each in main.pools] == [
                ("10.0.0.0/24", 200, 0, 200),
                ("10.0.7.0/24", 8, 0, 8),
            ]
            await _leases_of(watch)
            await _configurations_of(watch)

            pair.kill("server2")
            lost = await watch.until("it counts clients", lambda pair: _left(pair, "server1") == 4.0)
            assert "server1 lost contact with server2" in watch.sentence
            assert severity(lost, time.time()) is Severity.CRITICAL
            text = next(each.text for each in lost.open_alarms if each.kind == "other-server-not-responding")
            assert "server1 takes over after 4 more clients without an answer of server2" in text

            pair.start(2)
            await watch.until("protected again", lambda _: watch.sentence.startswith("Protected: both NORMAL"))


async def _leases_of(watch: Watch) -> None:
    lease = {"ip-address": "10.0.0.20", "hw-address": "02:00:00:00:00:07", "hostname": "printer.example.org"}
    source = watch.sources["server1"]
    client = source._client  # type: ignore[attr-defined]
    await client.command("lease4-add", {**lease, "subnet-id": 1, "valid-lft": 600})
    for words, by_address in (("10.0.0.20", True), ("02-00-00-00-00-07", False), ("Printer.example.org", False)):
        (found,) = await source.leases(LeaseQuery(words, by_address=by_address))
        assert (found.address, found.scope, found.word, found.hardware, found.host_name) == (
            "10.0.0.20",
            "10.0.0.0/24",
            "assigned",
            "02:00:00:00:00:07",
            "printer.example.org",
        )
        assert found.ends_at is not None
        assert abs(found.ends_at - time.time() - 600) < 10
    assert await source.leases(LeaseQuery("10.0.0.99", by_address=True)) == []
    pages = [lease.address async for page in source.lease_pages("10.0.0.0/24") for lease in page]
    assert pages == ["10.0.0.20"]
    counted = await watch.until("the lease is counted", lambda pair: _leased(pair, "server1") == 1)
    assert _leased(counted, "server2") == 0
    await _differing_databases(watch)


async def _differing_databases(watch: Watch) -> None:
    """A lease that was added to one server by hand: the list and the diagnosis show that the databases differ."""
    listed = LeaseList(PAIR, watch.sources)
    assert await listed.begin() == ["10.0.0.0/24", "10.0.7.0/24"]
    found = [lease async for scope in listed.read(["10.0.0.0/24"]) for lease in scope]
    assert [lease.address for lease in found] == ["10.0.0.20"]
    assert listed.missing == []
    for name, source in watch.sources.items():
        leases = tuple(await source.leases(LeaseQuery("10.0.0.20", by_address=True)))
        watch.picture = fold(watch.picture, LeaseAnswer(time.time(), PAIR, name, "10.0.0.20", leases))
    apart = watch.problem("databases-differ")
    assert apart is not None
    assert apart.certainty is Certainty.CERTAIN
    assert "only one server has it" in apart.evidence[0].text


def _leased(pair: PairPicture, server: str) -> int | None:
    facts = pair.servers[server].facts
    assert facts is not None
    return None if not facts.pools else facts.pools[0].leased


async def _configurations_of(watch: Watch) -> None:
    for name in NAMES:
        seen = ConfigAnswer(time.time(), PAIR, name, tuple(await watch.sources[name].config()))
        watch.picture = fold(watch.picture, seen)
    assert of_pair(watch.picture.pairs[PAIR]) == ()


async def test_a_hot_standby_answers_nobody_and_takes_over(tmp_path: Path) -> None:
    """One server of the pair is silent by design, which is no fault; after the loss of the other it serves."""
    with kea_pair(tmp_path, "hot-standby", (8421, 8422, 8423, 8424), max_unacked=0) as pair:
        pair.start(1)
        pair.start(2)
        async with watched(pair) as watch:
            calm = await watch.until("protected", lambda _: watch.sentence.startswith("Protected: "))
            assert watch.sentence == "Protected: server1 serves all clients, and server2 stands by and can take over."
            assert kinds(calm) == set()
            services = [each["service"] for each in status_json(watch.picture, time.time(), UTC)["pairs"][0]["servers"]]
            assert services == ["serves", "silent"]

            pair.kill("server1")
            gone = await watch.until("the standby serves", lambda _: "server2 serves all clients" in watch.sentence)
            assert severity(gone, time.time()) is Severity.CRITICAL


async def test_a_standby_that_counts_clients_is_said_to_serve_nobody(tmp_path: Path) -> None:
    """Without clients it never takes over, and until then clients get no answer: critical, not a warning."""
    with kea_pair(tmp_path, "hot-standby", (8431, 8432, 8433, 8434), max_unacked=3) as pair:
        pair.start(1)
        pair.start(2)
        async with watched(pair) as watch:
            await watch.until("protected", lambda _: watch.sentence.startswith("Protected: "))
            pair.kill("server1")
            waits = await watch.until(
                "the standby waits", lambda _: "clients wait until it takes over" in watch.sentence
            )
            assert severity(waits, time.time()) is Severity.CRITICAL


def _words(pair: PairPicture) -> tuple[str, ...]:
    return tuple("" if each.facts is None else each.facts.word for each in pair.servers.values())


def _left(pair: PairPicture, server: str) -> float | None:
    """The clients that are left before a server takes over."""
    facts = pair.servers[server].facts
    return None if facts is None or facts.takeover is None else facts.takeover.remaining


def _partners(pair: PairPicture) -> set[str | None]:
    return {None if each.facts is None else each.facts.partner_word for each in pair.servers.values()}


def _protected(watch: Watch) -> bool:
    return watch.sentence.startswith("Protected: both NORMAL")


async def test_servers_whose_clocks_differ_end_terminated_and_both_must_be_stopped(tmp_path: Path) -> None:
    """Kea gives up over a skew of a minute; a restart of one server changes nothing."""
    with kea_pair(tmp_path, "load-balancing", (8441, 8442, 8443, 8444)) as pair:
        pair.start(1)
        pair.start(2, clock="+120s")
        async with watched(pair, logs=True) as watch:
            ended = await watch.until("terminated", lambda _: "server1 and server2 are TERMINATED" in watch.sentence)
            assert "Stop BOTH, then start both" in watch.sentence
            assert severity(ended, time.time()) is Severity.CRITICAL
            assert {"failover-terminated", "clock-skew"} <= kinds(ended)
            await watch.poll()
            found = watch.problem("terminated")
            assert found is not None
            assert found.certainty is Certainty.CERTAIN, "the log names the cause"
            assert "their clocks differ by 1" in found.title
            assert "Stop BOTH servers, then start both: a restart of one of them changes nothing" in found.steps

            pair.kill("server2")
            pair.start(2)
            await watch.until("server2 waits", lambda pair: _words(pair) == ("terminated", "waiting"))
            waits = watch.problem("waits-for-ever/server2")
            assert waits is not None
            assert "server1 has given up the exchange of leases" in waits.title


async def test_a_cut_link_ends_in_two_servers_that_serve_the_same_clients(tmp_path: Path) -> None:
    """Without clients to count both count the other as down after max-response-delay, and both run."""
    ports, carried = (8451, 8452, 8453, 8454), (8455, 8456)
    with kea_pair(tmp_path, "load-balancing", ports, max_unacked=0, link=carried) as pair:
        link = Link(carried, ports[2:])
        await link.start()
        pair.start(1)
        pair.start(2)
        async with watched(pair) as watch:
            await watch.until("both work together", lambda _: _protected(watch))
            await link.cut()
            await watch.until("both took over", lambda pair: _words(pair) == ("partner-down", "partner-down"))
            assert "BOTH servers are PARTNER-DOWN: duplicate addresses are likely. Stop one server." in watch.sentence
            two = watch.problem("two-serve")
            assert two is not None
            assert "Stop server2 on its host: at once: only one of the two may serve" in two.steps


async def test_a_copied_configuration_is_found_before_the_servers_wait_for_each_other(tmp_path: Path) -> None:
    """Kea itself reports no error: the copy reads its own leases, and keeps its control agent busy."""
    ports = (8461, 8462, 8463, 8464)
    with kea_pair(tmp_path, "load-balancing", ports, heartbeat=3000, by_agents=True) as pair:
        pair.start(1)
        pair.start(2, own_name="server1")
        async with watched(pair) as watch:
            await watch.until("both answered", lambda pair: all(each.facts for each in pair.servers.values()))
            same = watch.problem("same-name")
            assert same is not None
            assert same.title == "Both servers call themselves server1: each takes the other for itself"
            assert any("Set this-server-name" in str(step) for step in same.steps)
