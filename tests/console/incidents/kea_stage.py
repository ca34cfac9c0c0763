"""A pair of Kea servers in virtual time: answers in the form of real ones, the console's own source, screens and keys.

The servers do what the test sets; no server software runs. `tests/peers` has the same events with real servers.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
from textual.pilot import Pilot

from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import Operator
from console.insight.diagnosis.problem import Problem
from console.insight.diagnosis.table import diagnose
from console.insight.verdict import verdict
from console.makes.kea.client import KeaClient
from console.makes.kea.profile import KEA
from console.makes.kea.source import KeaSource
from console.model.observations import LogLine, Observation
from console.model.picture import PairPicture, Picture
from console.sources.polling import poll_server
from console.state.store import PictureStore, empty_pair
from console.tui.app import PairwatchApp
from console.tui.session import Session
from tests.console.incidents.first_line import check_first_line
from tests.console.makes.kea.answers import CONFIGURATION, STATISTICS, status
from tests.console.tui.screens.stage import shown

PAIR, MAIN, BACKUP = "campus", "server1", "server2"
BEGIN = 1795849206.0
SMALL = (80, 24)


class KeaServer:
    """One server: what it answers, by the clock of the stage plus `skew`.

    `reaches` False: the console gets no answer. `daemon` False: the control agent answers, and the daemon is gone.
    """

    def __init__(self, stage: "KeaStage", name: str, mode: str) -> None:
        second = "secondary" if mode == "load-balancing" else "standby"
        self.stage = stage
        self.name = self.own_name = name
        self.role = "primary" if name == MAIN else second
        self.mode = mode
        self.reaches = self.daemon = True
        self.skew = 0.0
        self.leased = 20
        self.commands: list[tuple[str, Any]] = []
        self.local: dict[str, Any] = {}
        self.remote: dict[str, Any] = {}

    def becomes(self, state: str, scopes: list[str], **remote: Any) -> None:
        """Change its state and scopes, and what it reports about its partner."""
        self.local = {"state": state, "scopes": scopes}
        self.remote.update({name.replace("_", "-"): value for name, value in remote.items()})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if not self.reaches:
            raise httpx.ConnectError("Connection refused")
        body = json.loads(request.content)
        if not self.daemon:
            text = "unable to forward command to the dhcp4 service: Connection refused. It is likely to be offline"
            return httpx.Response(200, json=[{"result": 1, "text": text}])
        name = body["command"]
        found = self._found(name)
        if found is None:
            self.commands.append((name, body.get("arguments")))
            return httpx.Response(200, json=[{"result": 0, "text": f"{name} done."}])
        return httpx.Response(200, json=[{"result": 0, "arguments": found}])

    def _found(self, command: str) -> dict[str, Any] | None:
        if command == "status-get":
            return status({"role": self.role, **self.local}, self.remote, ha_mode=self.mode)
        if command == "ha-heartbeat":
            clock = datetime.fromtimestamp(self.stage.now + self.skew, UTC)
            return {"date-time": format_datetime(clock, usegmt=True), "state": self.local.get("state")}
        if command == "stat-lease4-get":
            found = deepcopy(STATISTICS)
            found["result-set"]["rows"] = [[1, 382, 21, self.leased, 0]]
            return found
        return self._configuration() if command == "config-get" else None

    def _configuration(self) -> dict[str, Any]:
        found = deepcopy(CONFIGURATION)
        (relation,) = found["Dhcp4"]["hooks-libraries"][1]["parameters"]["high-availability"]
        relation.update({"this-server-name": self.own_name, "mode": self.mode})
        relation["peers"][1]["role"] = "secondary" if self.mode == "load-balancing" else "standby"
        return found


class KeaStage:
    """The pair, the console and the clock of both."""

    def __init__(self, directory: Path, mode: str) -> None:
        self.now = BEGIN
        self.servers = {name: KeaServer(self, name, mode) for name in (MAIN, BACKUP)}
        self.sources = {name: self._source(server) for name, server in self.servers.items()}
        pair = empty_pair(PAIR, "production", [(MAIN, "main", KEA), (BACKUP, "backup", KEA)])
        self.kept: list[Observation] = []
        self.store = PictureStore(Picture({PAIR: pair}), lambda: self.now, UTC, self.kept.append)
        runner = ActionRunner(
            self.store,
            PAIR,
            self.sources,
            AuditLog(directory / "audit.log"),
            Operator("jo", "192.0.2.200", "noc-1"),
            writable=True,
            pause=self._pause,
        )
        self.session = Session(self.store, {PAIR: runner}, {PAIR: True}, operator="jo")
        self.session.decision_seconds = 0
        self.app = PairwatchApp(self.session, PAIR)
        self.pilot: Pilot[None]
        scopes: tuple[list[str], list[str]] = ([MAIN], [BACKUP] if mode == "load-balancing" else [])
        for server, mine, theirs in zip(self.servers.values(), scopes, scopes[::-1], strict=True):
            server.becomes(mode, mine, last_state=mode, last_scopes=theirs, age=1)

    @property
    def main(self) -> KeaServer:
        return self.servers[MAIN]

    @property
    def backup(self) -> KeaServer:
        return self.servers[BACKUP]

    @property
    def pair(self) -> PairPicture:
        return self.store.pair(PAIR)

    @property
    def verdict(self) -> str:
        return verdict(self.pair, self.now, UTC)

    @property
    def kinds(self) -> set[str]:
        """The kinds of the active alarms."""
        return {str(alarm.kind) for alarm in self.pair.open_alarms}

    def problem(self, id: str) -> Problem:
        found = {each.id: each for each in diagnose(self.pair, self.now, UTC)}
        assert id in found, f"{id} is not among {sorted(found)}; {self.verdict}"
        return found[id]

    async def polls(self, count: int) -> None:
        """So many polls of both servers, a second apart, and draw the screen."""
        for _ in range(count):
            self.now += 1.0
            await self._poll()
        await self.redraw()

    def writes(self, server: str, message: str, text: str, level: str = "WARN ") -> None:
        """A line in the log of a server."""
        stamp = datetime.fromtimestamp(self.now + self.servers[server].skew, UTC).strftime("%Y-%m-%d %H:%M:%S.123")
        line = f"{stamp} {level} [kea-dhcp4.ha-hooks/1234.140] {message} {text}"
        self.store.observe(LogLine(self.now, PAIR, server, line))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.redraw()

    async def redraw(self) -> None:
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        self.app.draw_changes()
        await self.pilot.pause()
        check_first_line(self.app, self.pair, self.now)

    @property
    def screen(self) -> str:
        return shown(self.pilot)

    def shows(self, *words: str) -> None:
        """Check that the words are on the screen, ignoring line breaks and repeated spaces."""
        text = " ".join(self.screen.split())
        for each in words:
            assert each in text, f"{each!r} is not on the screen:\n{self.screen}"

    async def diagnosis_shows(self, *words: str) -> None:
        """Check, from the pair, that the diagnosis has these words on its pages. Then go back."""
        await self.press("w")
        pages: list[str] = []
        while self.screen not in pages:
            pages.append(self.screen)
            await self.press("pagedown")
        text = " ".join(" ".join(pages).split())
        for each in words:
            assert each in text, f"{each!r} is not in the diagnosis:\n" + "\n".join(pages)
        await self.press("escape")

    def _source(self, server: KeaServer) -> KeaSource:
        client = KeaClient("http://kea", "dhcp4", None, transport=httpx.MockTransport(server))
        return KeaSource(client, server.name, None, lambda: self.now)

    async def _poll(self) -> None:
        for name, source in self.sources.items():
            self.store.observe(await poll_server(source, PAIR, name, lambda: self.now))
        self.store.tick()

    async def _pause(self, seconds: float) -> None:
        self.now += seconds
        await self._poll()


@asynccontextmanager
async def kea_incident(directory: Path, mode: str = "load-balancing") -> AsyncIterator[KeaStage]:
    """A pair in normal operation, on a screen of 80x24."""
    stage = KeaStage(directory, mode)
    async with stage.app.run_test(size=SMALL) as pilot:
        stage.pilot = pilot
        await stage.polls(2)
        assert stage.verdict.startswith("Protected: "), stage.verdict
        assert stage.kinds == set()
        yield stage
