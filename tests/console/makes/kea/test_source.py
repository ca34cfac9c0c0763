"""The requests to a Kea server, and what is made of its answers, without a network."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from console.errors import Refused, Unanswered
from console.makes.kea.client import KeaClient
from console.makes.kea.source import KeaSource
from console.model.leases import LeaseQuery
from tests.console.makes.kea.answers import CONFIGURATION, EVERY_STATISTIC, HEARTBEAT, LEASE, STATISTICS, STATUS

Answer = Callable[[], httpx.Response]


def ok(arguments: Any) -> Answer:
    return lambda: httpx.Response(200, json=[{"result": 0, "arguments": arguments}])


def unknown() -> httpx.Response:
    return httpx.Response(200, json=[{"result": 2, "text": "'x' command not supported."}])


class Server:
    """Answers to commands, and the commands that were sent."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = {
            "status_get": ok(STATUS),
            "config_get": ok(CONFIGURATION),
            "stat_lease4_get": ok(STATISTICS),
            "ha_heartbeat": ok(HEARTBEAT),
            **answers,
        }
        self.sent: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        assert body["service"] == ["dhcp4"]
        self.sent.append(body["command"])
        return self.answers.get(body["command"].replace("-", "_"), unknown)()

    def source(self, monotonic: Callable[[], float] = lambda: 100.0) -> KeaSource:
        client = KeaClient("http://kea", "dhcp4", None, transport=httpx.MockTransport(self))
        return KeaSource(client, "server1", None, monotonic)


async def test_the_configuration_is_read_again_after_a_reload_only() -> None:
    now, age = [100.0], [4]
    server = Server(status_get=lambda: ok({**STATUS, "reload": age[0]})())
    source = server.source(lambda: now[0])
    for after, reloaded in ((0, True), (10, False), (10, False), (10, True)):
        now[0] += after
        age[0] = 1 if reloaded else age[0] + after
        server.sent.clear()
        await source.poll()
        assert ("config-get" in server.sent) is reloaded, (after, age)


async def test_without_the_hook_for_statistics_those_of_every_server_are_read() -> None:
    server = Server(stat_lease4_get=unknown, statistic_get_all=ok(EVERY_STATISTIC))
    (pool,) = (await server.source().poll()).facts.pools or ()
    assert (pool.total, pool.leased) == (382, 18)


async def test_leases_that_cannot_be_asked_for_are_not_none() -> None:
    """A server without the hook for leases has leases all the same."""
    query = LeaseQuery("10.0.0.20", by_address=True)
    with pytest.raises(Refused, match="does not know the command lease4-get"):
        await Server().source().leases(query)
    nothing = Server(lease4_get=lambda: httpx.Response(200, json=[{"result": 3, "text": "Lease not found."}]))
    assert await nothing.source().leases(query) == []
    (found,) = await Server(lease4_get=ok(LEASE)).source().leases(query)
    assert (found.address, found.ends_at, found.host_name) == ("10.0.0.20", 1795849600.0, "printer.example.org")


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (httpx.Response(401, json={"result": 401}), Refused, "the user or the password is wrong"),
        (httpx.Response(200, text="<html>"), Refused, "not JSON"),
        (httpx.Response(200, json=[]), Refused, "no answer of Kea"),
        (httpx.Response(200, json=[{"result": True}]), Refused, "no answer of Kea"),
        (httpx.Response(200, json=[{"result": 1, "text": "no"}]), Refused, "status-get: no"),
        (
            httpx.Response(200, json=[{"result": 1, "text": "The server is likely to be offline"}]),
            Unanswered,
            "dhcp4 does not run",
        ),
        (unknown(), Refused, "does not know the command status-get"),
    ],
)
async def test_every_other_answer_is_an_error_with_its_reason(
    answer: httpx.Response, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await Server(status_get=lambda: answer).source().poll()


async def test_a_daemon_of_its_own_answers_without_a_list() -> None:
    server = Server(status_get=lambda: httpx.Response(200, json={"result": 0, "arguments": STATUS}))
    assert (await server.source().poll()).facts.word == "load-balancing"
