"""`pairwatch collect` with a real PostgreSQL: one is killed with kill -9, the next takes over, a console shows it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.journal.store import Journal
from console.model.observations import PollAnswer
from console.settings.document import load
from console.wiring import live_app
from tests.console.scenes import PAIR
from tests.console.test_cli import Site, now, site
from tests.live.pair import eventually
from tests.peers.postgres import Postgres, postgres

__all__ = ["site"]


@pytest.fixture
def database() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


def shared(site: Site, database: Postgres, more: str = "") -> str:
    """The site's configuration with its journal in the database."""
    path = Path(site.config())
    text = path.read_text().replace('journal = "journal.db"', f'journal = "{database.url}"\n{more}')
    path.write_text(text)
    return str(path)


class Collector:
    """One collecting process, with its output."""

    def __init__(self, config: str, output_file: Path) -> None:
        self.output_file = output_file
        with output_file.open("wb") as output:
            command = [sys.executable, "-c", "from console.cli import main; main()", "collect", "--config", config]
            environment = {"PYTHONUNBUFFERED": "1", "PATH": "/usr/bin:/bin"}
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)

    def last(self) -> str:
        lines = self.output_file.read_text().splitlines()
        return lines[-1] if lines else ""


@pytest.mark.live
@pytest.mark.peer
async def test_a_second_collector_takes_over_without_a_visible_difference(
    site: Site, database: Postgres, tmp_path: Path
) -> None:
    """The advisory lock decides which process collects."""
    config = shared(site, database, 'collect = "never"')
    first = Collector(config, tmp_path / "first")
    eventually("the first collects", lambda: first.last() == "collecting")
    second = Collector(config, tmp_path / "second")
    eventually("the second waits", lambda: first.process.poll() is None and second.last().startswith("waiting: "))
    app = live_app(load(Path(config)), None, PAIR, None)
    assert app.session is not None
    store = app.session.store
    try:
        async with app.run_test(size=(80, 24)) as pilot:

            async def seen_since(moment: float) -> None:
                deadline = time.monotonic() + 20
                while True:
                    servers = store.pair(PAIR).servers.values()
                    if all(each.reported_at is not None and each.reported_at > moment for each in servers):
                        return
                    assert time.monotonic() < deadline, [each.reported_at for each in servers]
                    await pilot.pause(0.05)

            await seen_since(0)
            first.process.kill()
            first.process.wait()
            killed = now()
            eventually("the second collects", lambda: second.last() == "collecting")
            await seen_since(killed)
            assert app.session.trouble() is None
        second.process.send_signal(signal.SIGTERM)
        assert second.process.wait(20) == 0
    finally:
        for each in (first, second):
            each.process.kill()
            each.process.wait()
    journal = Journal.open(database.url)
    answers = [each for each in journal.read(0, now() + 10) if isinstance(each, PollAnswer)]
    journal.close()
    assert answers


@pytest.mark.live
@pytest.mark.peer
def test_a_collector_survives_a_restart_of_the_database(site: Site, database: Postgres, tmp_path: Path) -> None:
    """Observations from the time without the database are written when it is back."""
    config = shared(site, database)
    collector = Collector(config, tmp_path / "output")
    try:
        eventually("it collects", lambda: collector.last() == "collecting")
        database.stop()
        eventually("it reports that it is alone", lambda: collector.last().startswith("alone: "))
        site.kill("dhcp-a")
        database.start()
        eventually("it collects again", lambda: collector.last() == "collecting", 30)
        assert collector.process.poll() is None
    finally:
        collector.process.kill()
        collector.process.wait()
