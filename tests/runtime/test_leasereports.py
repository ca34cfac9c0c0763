"""One event for all receivers, and the lines of the log about them."""

import asyncio
import json
from pathlib import Path

import pytest

from dhcpserver.config.document import read
from dhcpserver.failover.effects import LogLine
from dhcpserver.runtime.leaselog import JSON_NAME
from dhcpserver.runtime.leasereports import LeaseReports
from dhcpserver.runtime.sockets import ListenerError
from tests.runtime.receivers import HttpReceiver, closed_port, eventually
from tests.service.standalone import CONFIGURATION, Client, Site


def configured(port: int, more: str = "") -> str:
    text = CONFIGURATION.replace('name = "a"', 'name = "a"\nlease-log = ["json"]', 1)
    return text + f'\n[lease-events]\nwebhooks = ["http://127.0.0.1:{port}/"]\n{more}'


class Running:
    """The reports of a server, and its log."""

    def __init__(self, text: str, directory: Path) -> None:
        self.lines: list[str] = []
        self.written = asyncio.Event()
        self.site = Site(text)
        self.reports = LeaseReports(read(text), directory, self._log)

    def _log(self, now: float, lines: list[LogLine]) -> None:
        self.lines += [line.text for line in lines]
        self.written.set()

    def turn(self) -> None:
        self.reports.write(self.site.now, self.site.last.changes)

    async def logged(self, count: int) -> None:
        self.written.clear()
        async with asyncio.timeout(20):
            while len(self.lines) < count:
                await self.written.wait()
                self.written.clear()


async def test_all_receivers_get_the_same_events(tmp_path: Path) -> None:
    """What clients notice: leased, extended, released. Nothing else that a turn stores."""
    receiver = HttpReceiver()
    running = Running(configured(receiver.port), tmp_path)
    client = Client(running.site, 1)
    mine = client.get()
    running.turn()
    running.turn()
    running.site.now += 600
    client.renew(mine)
    running.turn()
    client.release(mine)
    running.turn()
    await running.reports.close()
    logged = [json.loads(line) for line in (tmp_path / JSON_NAME).read_text().splitlines()]
    assert [each["event"] for each in logged] == ["leased", "extended", "released"]
    assert receiver.events == logged
    assert running.lines == []
    receiver.close()


async def test_a_fault_and_its_end_are_logged(tmp_path: Path) -> None:
    """Once each, with the address of the receiver and the reason."""
    port = closed_port()
    running = Running(configured(port), tmp_path)
    Client(running.site, 1).get()
    running.turn()
    await running.logged(1)
    (status,) = running.reports.status()
    assert (status.to, status.waiting, status.fault) == (f"http://127.0.0.1:{port}/", 1, "Connection refused")
    receiver = HttpReceiver(port)
    await running.logged(2)
    assert running.lines == [
        f"Lease events are not received by http://127.0.0.1:{port}/: Connection refused.",
        f"Lease events are received by http://127.0.0.1:{port}/ again.",
    ]
    assert len(receiver.events) == 1
    await running.reports.close()
    receiver.close()


async def test_lost_events_are_logged(tmp_path: Path) -> None:
    """Those that the receiver refuses, and those that wait in vain at the end."""
    receiver = HttpReceiver()
    receiver.answers = [413]
    running = Running(configured(receiver.port), tmp_path)
    Client(running.site, 1).get()
    running.turn()
    await running.logged(2)
    assert running.lines == [
        f"Lease events for http://127.0.0.1:{receiver.port}/ were dropped: 1 since the last line.",
        f"Lease events are not received by http://127.0.0.1:{receiver.port}/: the answer is HTTP 413.",
    ]
    receiver.answers = [503] * 9
    Client(running.site, 2).get()
    running.turn()
    eventually("it fails", lambda: len(receiver.requests) == 2)
    await running.reports.close()
    assert running.lines[-1].endswith("were dropped: 1 since the last line.")
    receiver.close()


async def test_a_file_of_authorities_that_is_none_is_reported_at_the_start(tmp_path: Path) -> None:
    text = configured(1, f'ca = "{tmp_path}/missing.pem"').replace("http:", "https:")
    with pytest.raises(ListenerError, match="lease-events ca: cannot use"):
        Running(text, tmp_path)
