"""A program that watches a pair of real ISC dhcpd servers as the console does, through failures and an action.

    ip netns exec CLIENTS python -m tests.peers.isc_watch DIRECTORY MAIN BACKUP

It runs in the clients' network namespace; MAIN and BACKUP are the namespaces of the servers. The results are printed as
JSON, and a test checks them.
"""

import asyncio
import json
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import this_operator
from console.actions.request import OperatorRequest
from console.errors import SourceError
from console.insight.diagnosis.problem import ProblemKind
from console.insight.diagnosis.table import diagnose
from console.insight.limits import STALE_AFTER_SECONDS
from console.insight.verdict import severity, verdict
from console.makes.isc.client import OmapiClient
from console.model.leases import LeaseQuery
from console.model.picture import PairPicture
from console.settings.clients import clients
from console.settings.document import load
from console.settings.setup import empty_picture
from console.sources.polling import poll_server
from console.state.store import PictureStore
from tests.live.pair import RelayedClient
from tests.peers.dhcpd import KEYS, OMAPI, DhcpdServer, Site

ADDRESSES = {"main": "10.6.0.1", "backup": "10.6.0.2", "clients": "10.6.0.3"}
SITE = Site("campus", "10.6.0.1", "10.6.0.2", "10.6.0.0", "255.255.255.0", "10.6.0.100", "10.6.0.139", mclt=5)
POLL_SECONDS = 0.5
AHEAD_SECONDS = 20

SERVER = """
[[pair.server]]
name = "{role}"
role = "{role}"
omapi = "{address}"
omapi_key = "{key}"
omapi_key_file = "{folder}/{role}.key"
omapi_algorithm = "{algorithm}"
leases_file = "{folder}/{role}/leases"
config_file = "{folder}/{role}/dhcpd.conf"
"""


class Watch:
    """The pair, and the console's view of it."""

    def __init__(self, folder: Path, namespaces: dict[str, str]) -> None:
        self.servers = {role: DhcpdServer(folder / role, space, role, SITE) for role, space in namespaces.items()}
        text = '[[pair]]\nname = "campus"\nmake = "isc"\nwrite = true\n'
        for role, key in KEYS.items():
            (folder / f"{role}.key").write_text(b64encode(key.secret).decode())
            text += SERVER.format(
                role=role, address=ADDRESSES[role], key=key.name, algorithm=key.algorithm, folder=folder
            )
        (folder / "pairwatch.toml").write_text(text)
        self.settings = load(folder / "pairwatch.toml").named("campus")
        self.waited = 0.0
        self.store = PictureStore(empty_picture((self.settings,)), self.clock, UTC)
        self.sources = clients(self.settings)
        self.audit = AuditLog(folder / "audit.log")
        self.found: dict[str, Any] = {}

    def clock(self) -> float:
        """The console's clock, which is set ahead where the console would only wait."""
        return time.time() + self.waited

    @property
    def pair(self) -> PairPicture:
        return self.store.pair("campus")

    @property
    def sentence(self) -> str:
        return verdict(self.pair, self.clock(), UTC)

    async def poll(self) -> None:
        for role, source in self.sources.items():
            self.store.observe(await poll_server(source, "campus", role, self.clock))

    async def until(self, what: str, holds: Callable[[], object], seconds: float = 30.0) -> int:
        """Poll until it holds. Returns the number of polls."""
        began, polls = time.monotonic(), 0
        while True:
            await self.poll()
            polls += 1
            if holds():
                return polls
            assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}; {self.sentence}"
            await asyncio.sleep(POLL_SECONDS)

    def word(self, role: str) -> str:
        facts = self.pair.servers[role].facts
        return "" if facts is None else facts.word

    def problem(self, kind: ProblemKind) -> Any:
        found = (each for each in diagnose(self.pair, self.clock(), UTC) if each.kind is kind)
        return next(found, None)

    def note(self, moment: str, kind: ProblemKind) -> None:
        """Keep verdict, severity and the problem of that kind."""
        found = self.problem(kind)
        assert found is not None, f"{moment}: {self.sentence}: {diagnose(self.pair, self.clock(), UTC)}"
        steps = [each if isinstance(each, str) else str(each.action) for each in found.steps]
        self.found[moment] = {
            "verdict": self.sentence,
            "severity": severity(self.pair, self.clock()),
            "title": found.title,
            "evidence": [each.text for each in found.evidence],
            "steps": steps,
        }

    async def run(self) -> None:
        for server in self.servers.values():
            server.start()
        try:
            await self._together()
            await self._taken_over()
            await self._started_alone()
            await self._clocks()
        finally:
            for server in self.servers.values():
                server.kill()
            for source in self.sources.values():
                await source.close()

    def protected(self) -> bool:
        return self.sentence.startswith("Protected")

    async def _together(self) -> None:
        await self.until("both are normal", self.protected)
        facts = {role: self.pair.servers[role].facts for role in self.servers}
        self.found["together"] = {
            role: [each.role, each.mclt, each.buckets, [(p.name, p.total, p.available) for p in each.pools or ()]]
            for role, each in facts.items()
            if each is not None
        }
        address = None
        for server in self.servers.values():
            client = RelayedClient(7, ADDRESSES["clients"])
            client.patience = 0.5
            address = address or client.get(server)
            client.close()
        self.found["leases"] = {}
        await self.until("the lease is on both", lambda: self._leased() == [1, 1])
        for role, source in self.sources.items():
            (lease,) = await source.leases(LeaseQuery(str(address), by_address=True))
            whole = OmapiClient(ADDRESSES[role], OMAPI, KEYS[role])
            answer = await whole.open(
                "lease",
                hardware_address=bytes.fromhex((lease.hardware or "").replace(":", "")),
                hardware_type=(1).to_bytes(4),
            )
            await whole.close()
            ends = 0 if answer is None else int.from_bytes(answer.values["ends"])
            self.found["leases"][role] = [lease.address == address, lease.word, ends - (lease.ends_at or 0.0)]
        wrong = OmapiClient(ADDRESSES["main"], OMAPI, replace(KEYS["main"], secret=b"wrong"), timeout=1.0)
        try:
            await wrong.open("failover-state", name=b"campus")
        except SourceError as error:
            self.found["wrong secret"] = str(error)
        await wrong.close()

    def _leased(self) -> list[int | None]:
        facts = [self.pair.servers[role].facts for role in self.servers]
        return [each.pools[0].leased if each is not None and each.pools else None for each in facts]

    async def _taken_over(self) -> None:
        """kill -9 of the main, and Set Partner Down by the console."""
        self.servers["main"].kill()
        self.found["polls to the verdict"] = await self.until(
            "the backup is alone", lambda: "backup lost contact with main" in self.sentence
        )
        await self.until("the main is not seen", lambda: "cannot see main" in self.sentence)
        self.note("killed", ProblemKind.PARTNER_GONE)
        self.waited += STALE_AFTER_SECONDS  # Until then the main counts as answering.
        runner = ActionRunner(self.store, "campus", self.sources, self.audit, this_operator(), writable=True)
        outcome = await runner.carry_out(OperatorRequest("backup", vouched=True, reason="a test"))
        self.found["outcome"] = [outcome.succeeded, outcome.text]

    async def _started_alone(self) -> None:
        """The server that had taken over dies, and the other one is started alone; then both find each other."""
        self.servers["backup"].kill()
        self.servers["main"].start()
        await self.until("it was started alone", lambda: self.problem(ProblemKind.STARTED_ALONE))
        self.note("alone", ProblemKind.STARTED_ALONE)

    async def _clocks(self) -> None:
        """The partner returns with another clock: the conflict is resolved, and the clocks are compared."""
        self.servers["backup"].start(AHEAD_SECONDS)
        await self.until("the clocks differ", lambda: self.problem(ProblemKind.CLOCK))
        self.note("clocks", ProblemKind.CLOCK)


def main(folder: Path, namespaces: dict[str, str]) -> int:
    watch = Watch(folder, namespaces)
    began = time.monotonic()
    failure: str | None = None
    try:
        asyncio.run(watch.run())
    except AssertionError as error:
        failure = str(error)
    print(json.dumps({**watch.found, "failure": failure, "seconds": round(time.monotonic() - began, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), {"main": sys.argv[2], "backup": sys.argv[3]}))
