"""A pair of ISC dhcpd servers that are stand-ins, with the console's actions and screens, on a clock that stays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import Operator
from console.makes.isc.client import OmapiClient
from console.makes.isc.files import DhcpdFiles
from console.makes.isc.profile import ISC
from console.makes.isc.source import IscSource
from console.model.picture import PairPicture, Picture
from console.sources.polling import poll_server
from console.state.store import PictureStore, empty_pair
from console.tui.app import PairwatchApp
from console.tui.session import Session
from tests.console.makes.isc.dhcpd import KEY, Dhcpd, state
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE


async def _no_pause(seconds: float) -> None:
    """Return at once."""


def dhcpd(role: str = "main", since: float = NOW - 720, **changed: int | bytes) -> Dhcpd:
    """A server whose state began at `since`; that of its partner did then, or before it lost contact."""
    alone = 600 if changed.get("local_state") == 3 else 0
    times = {"local_stos": int(since), "partner_stos": int(since) - alone}
    values = {"name": PAIR.encode(), "hierarchy": int(role != "main"), **times, **changed}
    return Dhcpd(state(**values))


@dataclass
class IscStage:
    """The pair. A server that is None does not answer."""

    main: Dhcpd | None
    backup: Dhcpd | None
    folder: Path
    leases: dict[str, Path] = field(default_factory=dict)
    time: float = NOW

    def __post_init__(self) -> None:
        servers = [(MAIN, "main", ISC), (BACKUP, "backup", ISC)]
        self.store = PictureStore(Picture({PAIR: empty_pair(PAIR, "production", servers)}), lambda: self.time, ZONE)
        self.sources: dict[str, IscSource] = {}

    @property
    def pair(self) -> PairPicture:
        return self.store.pair(PAIR)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["IscStage"]:
        """The servers run, and each was polled three times: one that does not answer then counts as not seen."""
        silent = Dhcpd()
        async with silent.serving():
            nothing = silent.port
        async with (self.main or Dhcpd()).serving() as main, (self.backup or Dhcpd()).serving() as backup:
            ports = {MAIN: main.port if self.main else nothing, BACKUP: backup.port if self.backup else nothing}
            for name, port in ports.items():
                files = DhcpdFiles(self.leases.get(name), None, None)
                client = OmapiClient("127.0.0.1", port, KEY)
                self.sources[name] = IscSource(client, name, PAIR, files, lambda: self.time)
            for _ in range(3):
                await self.poll()
            try:
                yield self
            finally:
                for source in self.sources.values():
                    await source.close()

    async def poll(self) -> None:
        for name, source in self.sources.items():
            self.store.observe(await poll_server(source, PAIR, name, self.store.clock))
        self.store.tick()

    @property
    def audit(self) -> Path:
        return self.folder / "audit.log"

    def runner(self) -> ActionRunner:
        operator = Operator("jo", "192.0.2.200", "noc-1")
        return ActionRunner(
            self.store, PAIR, self.sources, AuditLog(self.audit), operator, writable=True, pause=_no_pause
        )

    def app(self) -> PairwatchApp:
        session = Session(self.store, {PAIR: self.runner()}, {PAIR: True}, operator="jo")
        session.decision_seconds = 0  # A test types faster than a person.
        return PairwatchApp(session, PAIR, None)
