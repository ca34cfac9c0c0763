"""Set Partner Down: one code for the screen and for the shell.

    look        ask BOTH servers now, judge every guard on what they say, work the consequences out
    carry_out   look once more, refuse or record, send, watch until the server says what it did, record that

Between the last look and the request lies one round trip; what a partner does in it nobody can know, which
is why the operator's word that it is off is asked for as well (R-136, R-150).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Protocol

from console.actions.audit import AuditLog
from console.actions.operator import Operator
from console.errors import GuardRefusal, Refused, SourceError
from console.insight.consequences import Consequences, consequences, server_date
from console.insight.guards import Attempt, Verdict, judge, refusals
from console.insight.wording import both_clocks
from console.model.observations import ActionOutcome, OperatorAction, PollAnswer, PollFailure
from console.model.states import State
from console.model.times import rfc3339
from console.watch import Watch

ACTION = "set-partner-down"
VERIFY_TRIES = 10
VERIFY_SECONDS = 0.5


class Server(Protocol):
    """What is asked of a server: the part of `ServerClient` that this action needs."""

    async def status(self) -> dict[str, Any]: ...

    async def role(self) -> str: ...

    async def set_partner_down(
        self, pair: str, date: str | None, *, expert: bool, operator: str, reason: str
    ) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asks for. `date` is Unix seconds, `None` while it cannot be read."""

    server: str
    date: float | None
    expert: bool = False
    vouched: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What both servers said just now, and what follows. `refused` is empty when the wish may be carried
    out."""

    attempt: Attempt
    verdicts: tuple[Verdict, ...]
    refused: tuple[str, ...]
    consequences: Consequences | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, in a line for a person."""

    succeeded: bool
    text: str


class SetPartnerDown:
    """The action on one pair. `servers` are its two servers by name."""

    def __init__(
        self,
        watch: Watch,
        pair: str,
        servers: Mapping[str, Server],
        audit: AuditLog,
        operator: Operator,
        *,
        writable: bool,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._watch = watch
        self.pair = pair
        self._servers = servers
        self._audit = audit
        self._operator = operator
        self._writable = writable
        self._pause = pause
        self._role: str | None = None

    async def look(self, wish: Wish) -> Assessment:
        """Ask both servers and judge. Never raises for a server that does not answer: that is a fact too."""
        _, _, self._role = await asyncio.gather(
            *(self._ask(name) for name in sorted(self._servers)), self._ask_role(wish)
        )
        return self.judged(wish)

    def judged(self, wish: Wish) -> Assessment:
        """The assessment on what was seen last: for a screen that follows the keys between two looks."""
        now = self._watch.clock()
        attempt = Attempt(
            pair=self._watch.pair(self.pair),
            server=wish.server,
            now=now,
            zone=self._watch.zone,
            date=wish.date,
            writable=self._writable,
            expert=wish.expert,
            vouched=wish.vouched,
            reason=wish.reason,
            role=self._role,
        )
        verdicts = judge(attempt)
        outlook = None if wish.date is None else consequences(attempt.acting, wish.date, now)
        return Assessment(attempt, verdicts, refusals(verdicts, attempt), outlook)

    async def carry_out(self, wish: Wish) -> Outcome:
        """Look again and do it. Raises GuardRefusal with the reasons, AuditError when it cannot be
        recorded."""
        assessment = await self.look(wish)
        if assessment.refused:
            self._record("refused", wish, assessment, "; ".join(assessment.refused))
            raise GuardRefusal(*assessment.refused)
        detail = self._record("attempt", wish, assessment, None)
        self._watch.observe(
            OperatorAction(self._watch.clock(), self.pair, self._operator.name, ACTION, wish.server, detail)
        )
        outcome = await self._send(wish, assessment)
        self._watch.observe(
            ActionOutcome(
                self._watch.clock(),
                self.pair,
                self._operator.name,
                ACTION,
                wish.server,
                outcome.succeeded,
                outcome.text,
            )
        )
        self._record("outcome", wish, assessment, outcome.text, succeeded=outcome.succeeded)
        return outcome

    async def _send(self, wish: Wish, assessment: Assessment) -> Outcome:
        try:
            await self._servers[wish.server].set_partner_down(
                self.pair,
                sent_date(assessment.attempt),
                expert=wish.expert,
                operator=self._operator.name,
                reason=wish.reason,
            )
        except Refused as error:
            return Outcome(False, f"{wish.server} refused: {error}")
        except SourceError as error:
            # It may have been received all the same: what the server says next decides.
            seen = await self._verify(wish.server)
            return seen if seen.succeeded else Outcome(False, f"{error}; {seen.text}")
        return await self._verify(wish.server)

    async def _verify(self, server: str) -> Outcome:
        """Poll until the server says that it is PARTNER-DOWN, or give up and say so."""
        for attempt in range(VERIFY_TRIES):
            if attempt:
                await self._pause(VERIFY_SECONDS)
            await self._ask(server)
            picture = self._watch.pair(self.pair).servers[server]
            report = picture.report
            if report is not None and not picture.failures and report.state is State.PARTNER_DOWN:
                usable = report.partner_pool_usable_at
                gain = "" if usable is None else f"; partner's addresses from {both_clocks(usable, self._watch.zone)}"
                return Outcome(True, f"{server} is PARTNER-DOWN{gain}")
        report = self._watch.pair(self.pair).servers[server].report
        state = "unknown" if report is None else report.state
        return Outcome(False, f"{server} did not report PARTNER-DOWN (last known: {state}): look at its log")

    async def _ask(self, name: str) -> None:
        try:
            status = await self._servers[name].status()
        except SourceError as error:
            self._watch.observe(PollFailure(self._watch.clock(), self.pair, name, str(error)))
        else:
            self._watch.observe(PollAnswer(self._watch.clock(), self.pair, name, status))

    async def _ask_role(self, wish: Wish) -> str | None:
        try:
            return await self._servers[wish.server].role()
        except SourceError:
            return None

    def _record(
        self,
        event: str,
        wish: Wish,
        assessment: Assessment,
        text: str | None,
        *,
        succeeded: bool | None = None,
    ) -> dict[str, Any]:
        """Into the audit log; the entry, which the journal has as well, for those who share it."""
        entry = {
            "at": rfc3339(self._watch.clock()),
            "event": event,
            "action": ACTION,
            "pair": self.pair,
            "server": wish.server,
            "who": self._operator.name,
            "from": self._operator.origin,
            "host": self._operator.host,
            "date": rfc3339(wish.date),
            "expert": wish.expert,
            "partner_verified_off": wish.vouched,
            "reason": wish.reason,
            "guards": [
                {"guard": each.guard, "hard": each.hard, "passed": each.passed, "reason": each.reason}
                for each in assessment.verdicts
            ],
            "succeeded": succeeded,
            "outcome": text,
        }
        self._audit.record(entry)
        return entry


def sent_date(attempt: Attempt) -> str | None:
    """The date as it is sent: by the server's clock, `None` when it is the start of the interruption.

    People type whole seconds; the server keeps fractions, and the start cut to its second lies before the
    start.
    """
    if attempt.date is None:
        return None
    if attempt.earliest is not None and abs(attempt.date - attempt.earliest) <= 1:
        return None
    return rfc3339(server_date(attempt.acting, attempt.date))


def command_line(pair: str, date: float | None, zone: tzinfo) -> str:
    """The same in the command language, to paste into a shell or a ticket (R-150).

    Its dates are in the form of R-153 and in the local time of the process that reads them (R-154): `zone`.
    """
    moment = "" if date is None else datetime.fromtimestamp(date, zone).strftime(" %b %d %H:%M:%S %Y")
    return f"failover-pair {pair} setPartnerDown{moment}"


def with_date(wish: Wish, date: float | None) -> Wish:
    """The wish with another date."""
    return replace(wish, date=date)
