"""A pair of real Kea servers, watched by the console's own source and judged by its own rules."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pytest

from console.errors import SourceError
from console.insight.config_diff import of_pair
from console.insight.fold import fold
from console.insight.summary import status_json
from console.insight.verdict import severity, verdict
from console.makes.opening import open_source
from console.makes.registry import profile
from console.model.leases import LeaseQuery
from console.model.observations import ConfigAnswer, PollAnswer, PollFailure
from console.model.picture import PairPicture, Picture, Severity
from console.state.store import empty_pair
from tests.peers.kea import NAMES, PAIR, KeaPair, kea_pair

pytestmark = [pytest.mark.peer, pytest.mark.live]


class Watch:
    """Polls both servers as the console does, and folds the answers into its picture."""

    def __init__(self, pair: KeaPair) -> None:
        settings = pair.settings()
        self.sources = {each.name: open_source(each, PAIR) for each in settings.server}
        servers = [(each.name, each.role, profile(each.make)) for each in settings.server]
        self.picture = Picture({PAIR: empty_pair(PAIR, "", servers)})

    async def poll(self) -> PairPicture:
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

    async def close(self) -> None:
        for source in self.sources.values():
            await source.close()


@asynccontextmanager
async def watched(pair: KeaPair) -> AsyncIterator[Watch]:
    watch = Watch(pair)
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
        async with watched(pair) as watch:
            ended = await watch.until("terminated", lambda _: "server1 and server2 are TERMINATED" in watch.sentence)
            assert "Stop BOTH, then start both" in watch.sentence
            assert severity(ended, time.time()) is Severity.CRITICAL
            assert {"failover-terminated", "clock-skew"} <= kinds(ended)
