"""The poller against a real HTTP server, and against answers that no server should give."""

from typing import Any

import httpx
import pytest

from console.errors import Refused, Unanswered
from console.insight.fold import fold
from console.model.observations import PollAnswer, PollFailure
from console.sources.pairwatch_server import Poller, ServerClient
from tests.console.scenes import MAIN, NOW, PAIR, empty, pool, status
from tests.console.stand_in import PASSWORD, USER, StandIn, free_port, serving


async def test_a_poll_is_an_answer_with_the_whole_status() -> None:
    with serving(StandIn(status(MAIN))) as server:
        client = ServerClient(server.api, USER, PASSWORD)
        seen = await Poller(client, PAIR, MAIN, lambda: NOW).once()
        await client.close()
    assert seen == PollAnswer(NOW, PAIR, MAIN, server.status)
    assert fold(empty(), seen).pairs[PAIR].servers[MAIN].report is not None


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
    seen = await Poller(client, PAIR, MAIN, lambda: NOW).once()
    await client.close()
    assert isinstance(seen, PollFailure)
    assert seen.error.startswith("Connection refused")


async def test_a_wrong_password_is_said_in_words() -> None:
    with serving(StandIn(status(MAIN))) as server:
        client = ServerClient(server.api, USER, "wrong")
        seen = await Poller(client, PAIR, MAIN, lambda: NOW).once()
        await client.close()
    assert isinstance(seen, PollFailure)
    assert "who are you?" in seen.error
    assert "wrong" not in seen.error


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
        (httpx.Response(200, json=[1]), Refused, "no object"),
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


@pytest.mark.parametrize(
    "body", [{}, {"pairs": 7}, {"pairs": [{"name": "x"}], "version": "new"}, {"server": 3, "pairs": []}]
)
async def test_a_status_that_makes_no_sense_still_reaches_the_reducer(body: dict[str, Any]) -> None:
    client = client_answering(httpx.Response(200, json=body))
    seen = await Poller(client, PAIR, MAIN, lambda: NOW).once()
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
