"""Real servers whose wall clock is set while they run (libfaketime). Their intervals go on by the monotonic clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.pair import LivePair, LiveServer, RelayedClient, eventually
from tests.peers.programs import missing

pytestmark = pytest.mark.live

LIBRARIES = tuple(Path(f"/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1") for machine in ("x86_64", "aarch64"))
HOUR = 3600


class SetClock:
    """The wall clock of one server process. The monotonic clock is not changed."""

    def __init__(self, server: LiveServer, directory: Path) -> None:
        library = next((path for path in LIBRARIES if path.exists()), None)
        if library is None:
            missing("faketime is not installed")
        self._file = directory / f"clock-{server.name}"
        self.set(0)
        server.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds: int) -> None:
        """Set the clock so many seconds ahead of the real time."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}s\n")
        new.replace(self._file)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LivePair]:
    pair = LivePair(tmp_path)
    try:
        yield pair
    finally:
        pair.stop()


def states(live: LivePair) -> tuple[str | None, str | None]:
    return live.main.state(), live.backup.state()


def test_a_clock_that_was_an_hour_ahead_and_is_right_again_costs_one_retry(
    live: LivePair, tmp_path: Path, client: RelayedClient
) -> None:
    """The server did not dial for an hour, and its partner entered PARTNER-DOWN with the link whole."""
    clock = SetClock(live.main, tmp_path)
    live.start()
    clock.set(HOUR)
    eventually("they part", lambda: states(live) == ("COMMUNICATIONS-INTERRUPTED",) * 2)
    assert client.get(live.main) is not None, "clients are served meanwhile"
    clock.set(0)
    eventually("they are together again", lambda: states(live) == ("NORMAL", "NORMAL"), seconds=80)
    log = live.main.log()
    assert "The clock of this server was set forward by 3600" in log
    assert "The clock of this server was set back by 3600" in log
    assert "-> PARTNER-DOWN" not in live.backup.log()


def test_a_server_that_boots_hours_ahead_leaves_startup_when_its_clock_is_put_right(
    live: LivePair, tmp_path: Path
) -> None:
    """It was silent in STARTUP for six hours."""
    path = live.main.directory / "config.toml"
    path.write_text(path.read_text().replace("startup-time = 1", "startup-time = 5"))
    clock = SetClock(live.main, tmp_path)
    clock.set(6 * HOUR)
    live.main.start()
    eventually("it answers", lambda: live.main.state() == "STARTUP")
    clock.set(0)
    eventually("it serves", lambda: live.main.state() == "PARTNER-DOWN", seconds=15)
    assert "The clock of this server was set back by 21600" in live.main.log()


def test_a_clock_that_is_set_back_does_not_stop_the_timers(live: LivePair, tmp_path: Path) -> None:
    """An hour back while there is no partner: the server goes on dialling, and meets it when it starts."""
    clock = SetClock(live.main, tmp_path)
    live.main.start()
    eventually("it serves alone", lambda: live.main.state() == "PARTNER-DOWN")
    clock.set(-HOUR)
    eventually("it has noticed", lambda: "set back by 3600" in live.main.log())
    clock.set(0)
    live.backup.start()
    eventually("both are NORMAL", lambda: states(live) == ("NORMAL", "NORMAL"), seconds=40)
