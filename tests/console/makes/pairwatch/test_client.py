"""The poller against a real HTTP server, and against answers that no server should give."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from console.errors import Refused, Unanswered
from console.insight.fold import fold
from console.makes.pairwatch.client import PAGES_AT_MOST, ServerClient
from console.makes.pairwatch.source import PairwatchSource
from console.makes.pairwatch.status import status_facts
from console.model.observations import PollAnswer, PollFailure
from console.sources.polling import poll_server
from tests.console.scenes import MAIN, NOW, PAIR, empty, pool, status
from tests.console.stand_in import PASSWORD, USER, StandIn, free_port, serving


async def test_a_poll_is_an_answer_with_the_whole_status() -> None:
    with serving(StandIn(status(MAIN))) as server:
        client = ServerClient(server.api, USER, PASSWORD)
        seen = await poll_server(PairwatchSource(client, PAIR), PAIR, MAIN, lambda: NOW)
        await client.close()
    assert seen == PollAnswer(NOW, PAIR, MAIN, status_facts(server.status, PAIR), server.status)
    assert fold(empty(), seen).pairs[PAIR].servers[MAIN].facts is not None


async def test_pools_that_did_not_change_are_put_back_in() -> None:
    told = status(MAIN, pools=[pool("a", version=1), pool("b", version=1)])
    with serving(StandIn(told)) as server:
        client = ServerClient(server.api, USER, PASSWORD)
        await client.status()
        changed = status(MAIN, pools=[pool("a", 70, version=2), pool("b", version=1)])
        changed["version"] = 2
        server.status = changed
        second = await client.status()
        third = await client.status()
        await client.close()
    assert [target for _, target in server.requests] == [
        "/api/v1/status",
        "/api/v1/status?since=1",
        "/api/v1/status?since=2",
    ]
    for answer in (second, third):
        pools = {each["name"]: each["available"] for each in answer["pairs"][0]["pools"]}
        assert pools == {"a": 70, "b": 75}


async def test_a_server_that_restarted_is_asked_for_everything() -> None:
    with serving(StandIn(status(MAIN, pools=[pool("a", version=9)]))) as server:
        server.status["version"] = 9
        client = ServerClient(server.api, USER, PASSWORD)
        await client.status()
        server.status = status(MAIN, pools=[pool("a", 1, version=1)], started="2026-07-15T03:11:00Z")
        answer = await client.status()
        await client.close()
    assert [each["available"] for each in answer["pairs"][0]["pools"]] == [1]


async def test_a_server_that_is_not_there_is_a_failure_with_the_reason() -> None:
    client = ServerClient(f"http://127.0.0.1:{free_port()}", USER, PASSWORD)
    seen = await poll_server(PairwatchSource(client, PAIR), PAIR, MAIN, lambda: NOW)
    await client.close()
    assert isinstance(seen, PollFailure)
    assert seen.error.startswith("Connection refused")


async def test_a_wrong_password_is_said_in_words() -> None:
    with serving(StandIn(status(MAIN))) as server:
        client = ServerClient(server.api, USER, "wrong")
        seen = await poll_server(PairwatchSource(client, PAIR), PAIR, MAIN, lambda: NOW)
        await client.close()
    assert isinstance(seen, PollFailure)
    assert seen.error == f"the user or the password is wrong ({server.api})"


def client_answering(response: httpx.Response | Exception) -> ServerClient:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(response, Exception):
            raise response
        return response

    return ServerClient("http://192.0.2.1", USER, PASSWORD, transport=httpx.MockTransport(handle))


@pytest.mark.parametrize(
    ("response", "error", "words"),
    [
        (httpx.ReadTimeout("slow"), Unanswered, "in time"),
        (httpx.RemoteProtocolError("server disconnected"), Unanswered, "disconnected"),
        (httpx.Response(200, text="<html>"), Refused, "not JSON"),
        (httpx.Response(200, json=[1]), Refused, "not an object"),
        (httpx.Response(200, text="[" * 200_000), Refused, "not JSON"),
        (httpx.Response(422, json={"detail": "no", "errors": 7}), Refused, "422"),
        (httpx.Response(401), Refused, "password is wrong"),
        (httpx.Response(418), Refused, "418"),
        (
            httpx.Response(422, json={"detail": "too early", "errors": [{"field": "date", "expected": "later"}]}),
            Refused,
            "date: later",
        ),
    ],
)
async def test_every_way_to_fail_has_its_words(
    response: httpx.Response | Exception, error: type[Exception], words: str
) -> None:
    client = client_answering(response)
    with pytest.raises(error, match=words):
        await client.status()
    await client.close()


class Endless(httpx.AsyncByteStream):
    """An answer that goes on, as fast as it is read or an octet now and then."""

    def __init__(self, octets: int, pause: float) -> None:
        self.octets, self.pause = octets, pause
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.sent += self.octets
            yield b" " * self.octets
            await asyncio.sleep(self.pause)


async def test_an_answer_without_an_end_is_not_read_to_it() -> None:
    """A hostile server fills no memory."""
    body = Endless(1 << 20, 0)
    client = client_answering(httpx.Response(200, stream=body))
    with pytest.raises(Unanswered, match="larger than 16 MiB"):
        await client.status()
    await client.close()
    assert body.sent <= 18 << 20


async def test_an_answer_that_never_ends_is_none_in_time() -> None:
    """No part of it is late, so that no time-out of a part ends it. Real time: the deadline is the event loop's."""
    response = httpx.Response(200, stream=Endless(1, 0.001))
    transport = httpx.MockTransport(lambda request: response)
    client = ServerClient("http://192.0.2.1", USER, PASSWORD, transport=transport, timeout=0.05)
    with pytest.raises(Unanswered, match="no answer in time"):
        await client.status()
    await client.close()


@pytest.mark.parametrize(
    "body", [{}, {"pairs": 7}, {"pairs": [{"name": "x"}], "version": "new"}, {"server": 3, "pairs": []}]
)
async def test_a_status_that_makes_no_sense_still_reaches_the_reducer(body: dict[str, Any]) -> None:
    client = client_answering(httpx.Response(200, json=body))
    seen = await poll_server(PairwatchSource(client, PAIR), PAIR, MAIN, lambda: NOW)
    await client.close()
    server = fold(empty(), seen).pairs[PAIR].servers[MAIN]
    assert server.failures == 1
    assert server.error


async def test_setting_the_partner_down_sends_what_the_api_wants() -> None:
    """R-150."""
    with serving(StandIn(status(MAIN))) as server:
        client = ServerClient(server.api, USER, PASSWORD)
        await client.act(f"/pairs/{PAIR}/set-partner-down", {"date": "2026-07-15T03:00:00Z"})
        assert await client.role() == "expert"
        await client.close()
    assert server.requests[0] == ("POST", f"/api/v1/pairs/{PAIR}/set-partner-down")
    assert server.bodies == [{"date": "2026-07-15T03:00:00Z"}]


def answering(target_answers: dict[str, tuple[int, Any]]) -> tuple[ServerClient, list[str]]:
    """A client of a server that answers these targets, and what it was asked."""
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode().removeprefix("/api/v1")
        asked.append(target)
        code, told = target_answers.get(target, (404, {"title": "not found"}))
        return httpx.Response(code, json=told)

    return ServerClient("http://192.0.2.11:8067", USER, PASSWORD, transport=httpx.MockTransport(handle)), asked


async def test_an_address_without_a_record_is_no_lease_and_no_failure() -> None:
    client, _ = answering({"/leases/192.0.2.7": (200, {"address": "192.0.2.7"}), "/leases/x": (422, {"detail": "no"})})
    assert await client.lease("192.0.2.7") == [{"address": "192.0.2.7"}]
    assert await client.lease("192.0.2.8") == []
    with pytest.raises(Refused):
        await client.lease("x")
    await client.close()


async def test_a_client_is_looked_for_in_as_many_steps_as_the_server_wants() -> None:
    first = {"leases": [{"address": "192.0.2.7"}], "next": "0.0.0.0"}
    second = {"leases": [{"address": "192.0.2.7"}, {"address": "192.0.2.9"}], "next": "192.0.2.200"}
    client, asked = answering(
        {
            "/leases?client=02%3A00": (200, first),
            "/leases?client=02%3A00&after=0.0.0.0": (200, second),
            "/leases?client=02%3A00&after=192.0.2.200": (200, {"leases": [], "next": None}),
        }
    )
    assert [each["address"] for each in await client.leases_of("02:00")] == ["192.0.2.7", "192.0.2.9"]
    assert len(asked) == 3
    await client.close()


async def test_a_server_that_never_comes_to_an_end_is_asked_a_bounded_number_of_times() -> None:
    endless = {"leases": [], "next": "0.0.0.0"}
    client, asked = answering(
        {"/leases?client=aa": (200, endless), "/leases?client=aa&after=0.0.0.0": (200, endless)},
    )
    assert await client.leases_of("aa") == []
    assert len(asked) == PAGES_AT_MOST
    await client.close()


async def test_leases_that_cannot_be_read_are_refused_with_the_reason() -> None:
    client, _ = answering(
        {"/leases?client=aa": (200, {"leases": [{"no": "address"}]}), "/config": (200, {"scope": []})}
    )
    with pytest.raises(Refused, match="cannot be read"):
        await client.leases_of("aa")
    assert await client.config() == {"scope": []}
    await client.close()
