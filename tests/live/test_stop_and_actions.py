"""Stopping a server for a short or a long time, and other operator actions, over the API of a real pair."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.pair import ApiError, LivePair, eventually


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[LivePair]:
    pair = LivePair(tmp_path)
    pair.start()
    yield pair
    pair.stop()


def wait_for_end(pair: LivePair) -> int:
    assert pair.main.process is not None
    status = pair.main.process.wait(20)
    pair.main.process = None
    return status


@pytest.mark.live
def test_a_stop_for_long_makes_the_partner_take_over_at_once_and_the_server_recover(pair: LivePair) -> None:
    """R-189, R-211: SHUTDOWN; the partner's answer is stored, so that the server restarts in RECOVER."""
    assert pair.main.ask("/api/v1/stop", {"absence": "long"}) == {"result": "stopping"}
    eventually("the partner took over", lambda: pair.backup.state() == "PARTNER-DOWN", 5)
    assert wait_for_end(pair) == 0
    stored = (pair.main.directory / "state.json").read_text()
    assert '"RECOVER"' in stored
    pair.main.start()
    pair.wait_until_normal()
    assert "-> RECOVER" in pair.main.log()


@pytest.mark.live
def test_a_stop_for_short_makes_the_partner_wait(pair: LivePair) -> None:
    """R-188: PAUSED."""
    pair.main.ask("/api/v1/stop", {})
    assert wait_for_end(pair) == 0
    eventually("the partner waits", lambda: pair.backup.state() == "COMMUNICATIONS-INTERRUPTED", 5)
    pair.main.start()
    pair.wait_until_normal()


@pytest.mark.live
def test_switches_the_safe_period_off_on_a_running_server(pair: LivePair) -> None:
    """R-141: an operator who cannot restore the network in time stops the countdown, on both servers."""
    pair.main.kill()
    eventually("a countdown", lambda: (pair.backup.pair() or {}).get("safe_period_remaining") is not None)
    answer = pair.backup.ask("/api/v1/pairs/example-pair/use-safe-period", {"use": False})
    assert answer == {"pair": "example-pair", "use_safe_period": False}
    seen = pair.backup.pair()
    assert seen is not None
    assert (seen["use_safe_period"], seen["safe_period_remaining"]) == (False, None)
    with pytest.raises(ApiError) as caught:
        pair.backup.ask("/api/v1/pairs/another/use-safe-period", {"use": False})
    assert caught.value.status == 404
    with pytest.raises(ApiError) as caught:
        pair.backup.ask("/api/v1/pairs/example-pair/use-safe-period", {"use": False}, user="looker")
    assert caught.value.status == 403
    answer = pair.backup.ask("/api/v1/pairs/example-pair/use-safe-period", {"use": True})
    answer = pair.backup.ask("/api/v1/pairs/example-pair/safe-period", {"seconds": 86400})
    assert answer["safe_period"] == 86400
    seen = pair.backup.pair()
    assert seen is not None
    assert seen["safe_period_ends"] == answer["safe_period_ends"]
    with pytest.raises(ApiError) as caught:
        pair.backup.ask("/api/v1/pairs/example-pair/safe-period", {"seconds": 0})
    assert caught.value.status == 422
    with pytest.raises(ApiError) as caught:
        pair.backup.ask("/api/v1/pairs/example-pair/rebalance", {})
    assert caught.value.status == 409
    with pytest.raises(ApiError) as caught:
        pair.backup.ask("/api/v1/leases/10.9.1.1/force-available", {})
    assert caught.value.status == 409
