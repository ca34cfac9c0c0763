"""The metrics of the collector: what they say in known scenes, and that an unknown has no sample."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from console.collector.metrics import CONTENT_TYPE, exposition
from console.collector.metrics_page import CONNECTIONS, LARGEST_HEAD, MetricsPage
from console.insight.fold import fold
from console.insight.verdict import severity
from console.model.observations import Health, Observation
from console.model.picture import OWN, Picture, Severity
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, empty, failures, picture, pool

ORDER = ("pair", "server", "role", "state", "phase", "environment", "pool", "family", "kind", "severity", "silenced")
ALONE = "COMMUNICATIONS-INTERRUPTED"


def samples(seen: Picture, now: float = NOW) -> dict[str, dict[tuple[str, ...], float]]:
    """Each metric with its samples by their label values in ORDER, read by the parser of Prometheus' client."""
    text = exposition(seen, now, ZONE, collecting=True).decode()
    return {
        family.name: {
            tuple(each.labels[label] for label in ORDER if label in each.labels): each.value for each in family.samples
        }
        for family in text_string_to_metric_families(text)
    }


def scene(*observations: Observation | Iterable[Observation]) -> dict[str, dict[tuple[str, ...], float]]:
    return samples(picture(*observations))


def test_a_healthy_pair() -> None:
    found = scene(answer(MAIN), answer(BACKUP))
    assert found["pairwatch_pair_severity"] == {(PAIR, str(each)): float(each is Severity.OK) for each in Severity}
    assert found["pairwatch_pair_info"] == {(PAIR, "production"): 1}
    assert found["pairwatch_server_state"] == {
        (PAIR, MAIN, "main", "NORMAL", "normal"): 1,
        (PAIR, BACKUP, "backup", "NORMAL", "normal"): 1,
    }
    assert found["pairwatch_server_reachable"] == {(PAIR, MAIN, "main"): 1, (PAIR, BACKUP, "backup"): 1}
    assert found["pairwatch_pool_free_addresses"][PAIR, MAIN, "scope-1", "dhcp4"] == 75
    assert set(found["pairwatch_pool_empty"].values()) == {0}
    assert found["pairwatch_safe_period_remaining_seconds"] == {}
    assert found["pairwatch_alarms"] == {}


def test_nothing_is_known_before_the_first_answer() -> None:
    found = samples(empty())
    assert found["pairwatch_pair_severity"][PAIR, "unknown"] == 1
    known = {name for name, values in found.items() if values}
    assert known == {"pairwatch_collecting", "pairwatch_pair_info", "pairwatch_pair_severity"}


def test_a_server_that_does_not_answer_has_no_state_and_no_pool() -> None:
    """Its last answer was NORMAL with 75 free addresses, and neither is a fact any more."""
    found = scene(answer(MAIN, NOW - 60), failures(MAIN), answer(BACKUP, NOW, ALONE, safe_period_remaining=13_680))
    assert found["pairwatch_server_reachable"] == {(PAIR, MAIN, "main"): 0, (PAIR, BACKUP, "backup"): 1}
    assert list(found["pairwatch_server_state"]) == [(PAIR, BACKUP, "backup", ALONE, "alone")]
    assert {labels[1] for labels in found["pairwatch_pool_free_addresses"]} == {BACKUP}
    assert found["pairwatch_server_answer_age_seconds"][PAIR, MAIN, "main"] == 60
    assert found["pairwatch_safe_period_remaining_seconds"] == {(PAIR, BACKUP, "backup"): 13_680}
    assert found["pairwatch_alarms"]
    assert all(count >= 1 for count in found["pairwatch_alarms"].values())


def test_old_answers_without_failed_polls_say_nothing_about_reachability() -> None:
    """Nobody polls: the server may answer or not."""
    found = samples(picture(answer(MAIN), answer(BACKUP)), NOW + 3600)
    assert found["pairwatch_server_reachable"] == {}
    assert found["pairwatch_server_state"] == {}
    assert found["pairwatch_pool_free_addresses"] == {}


def test_an_empty_pool_is_told_and_a_pool_without_counts_is_not() -> None:
    drained = pool("scope-1", own=0, other=0)
    found = scene(answer(MAIN, pools=[drained, pool("scope-2")]), answer(BACKUP, pools=[drained, pool("scope-2")]))
    assert found["pairwatch_pool_empty"][PAIR, MAIN, "scope-1", "dhcp4"] == 1
    assert found["pairwatch_pool_empty"][PAIR, MAIN, "scope-2", "dhcp4"] == 0
    seen = picture(answer(MAIN), answer(BACKUP))
    main = seen.pairs[PAIR].servers[MAIN]
    assert main.facts is not None
    assert main.facts.pools
    unknown = replace(main.facts, pools=tuple(replace(each, available=None) for each in main.facts.pools))
    servers = {**seen.pairs[PAIR].servers, MAIN: replace(main, facts=unknown)}
    found = samples(seen.having(replace(seen.pairs[PAIR], servers=servers)))
    assert {labels[1] for labels in found["pairwatch_pool_free_addresses"]} == {BACKUP}
    assert {labels[1] for labels in found["pairwatch_pool_empty"]} == {BACKUP}


def test_the_severity_is_that_of_the_screen() -> None:
    for seen in (
        picture(answer(MAIN), answer(BACKUP)),
        picture(answer(MAIN, NOW, ALONE), answer(BACKUP, NOW, ALONE)),
        picture(failures(MAIN), failures(BACKUP)),
    ):
        found = samples(seen)["pairwatch_pair_severity"]
        assert [grade for (_, grade), value in found.items() if value] == [severity(seen.pairs[PAIR], NOW, ZONE)]


async def asked(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def test_the_page_is_served_over_http() -> None:
    page = MetricsPage(lambda: b"pairwatch_collecting 1.0\n")
    port = await page.open("127.0.0.1", 0)
    try:
        head, _, body = (await asked(port, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert f"Content-Type: {CONTENT_TYPE}".encode() in head
        assert body == b"pairwatch_collecting 1.0\n"
        assert (await asked(port, b"HEAD /metrics HTTP/1.1\r\n\r\n")).endswith(b"\r\n\r\n")
        assert b" 404 " in await asked(port, b"GET / HTTP/1.1\r\n\r\n")
        assert b" 405 " in await asked(port, b"POST /metrics HTTP/1.1\r\n\r\n")
    finally:
        page.close()


async def test_requests_that_never_end_are_limited() -> None:
    page = MetricsPage(lambda: b"")
    port = await page.open("127.0.0.1", 0)
    try:
        assert await asked(port, b"G" * (2 * LARGEST_HEAD)) == b""
        waiting = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
        assert await asked(port, b"GET /metrics HTTP/1.1\r\n\r\n") == b"", "one more than are served at a time"
        for _, writer in waiting:
            writer.close()
        for _ in range(100):
            if b"200 OK" in await asked(port, b"GET /metrics HTTP/1.1\r\n\r\n"):
                break
        else:
            pytest.fail("connections that ended still count")
    finally:
        page.close()


def test_a_collector_that_waits_reports_that_nobody_collects() -> None:
    """The alert rule about missing collectors needs this alarm in the metrics of a process that only reads."""
    seen = fold(empty(), Health(NOW, OWN, "host", {"collector": "no collector: the picture is old"}, {}))
    assert samples(seen)["pairwatch_alarms"].keys() == {(OWN, "collector-gone", "critical", "false")}
