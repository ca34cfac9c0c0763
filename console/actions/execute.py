"""Carry out a guarded action on a pair, for the screens and for the shell.

    look        poll both servers, check every guard on the answers, work out the consequences
    carry_out   look again, refuse or record, send, poll until the servers show the result, record the outcome

One round trip lies between the last look and the request. A change at the partner within it cannot be seen, so the
operator must confirm as well that the partner is off (R-136, R-150).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from console.actions.audit import AuditLog
from console.actions.operator import Operator
from console.actions.request import Assessment, OperatorRequest, Outcome, shell
from console.errors import AuditError, GuardRefusal, Refused, SourceError
from console.insight.freshness import last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.safe_period import not_yet
from console.insight.guarded.table import ACTIONS, judge, refusals, request_of
from console.insight.partner_down_outlook import outlook_of
from console.makes.source import Source
from console.model.action_names import ActionName
from console.model.observations import ActionOutcome, OperatorAction
from console.model.times import rfc3339
from console.sources.polling import poll_server
from console.state.store import PictureStore

VERIFY_TRIES = 20
VERIFY_SECONDS = 0.5
"""Ten seconds in all: a server that stops waits some seconds for its partner."""


class ActionRunner:
    """Runs actions on one pair. `servers` are its two servers by name."""

    def __init__(
        self,
        store: PictureStore,
        pair: str,
        servers: Mapping[str, Source],
        audit: AuditLog,
        operator: Operator,
        *,
        writable: bool,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self.pair = pair
        self._servers = servers
        self._audit = audit
        self._operator = operator
        self._writable = writable
        self._pause = pause
        self._roles: dict[str, str | None] = {}

    async def look(self, request: OperatorRequest) -> Assessment:
        """Poll both servers and check the guards. A server that does not answer is for the guards."""
        await asyncio.gather(*(self._ask(name) for name in sorted(self._servers)), self._ask_role(request.server))
        return self.judged(request)

    def judged(self, request: OperatorRequest) -> Assessment:
        """The assessment on the last answers, for a screen that is drawn between two looks."""
        now = self._store.clock()
        attempt = Attempt(
            pair=self._store.pair(self.pair),
            server=request.server,
            now=now,
            zone=self._store.zone,
            date=request.date,
            writable=self._writable,
            expert=request.expert,
            vouched=request.vouched,
            reason=request.reason,
            role=self._roles.get(request.server),
            action=request.action,
            choice=request.choice,
            seconds=request.seconds,
            address=request.address,
        )
        verdicts = judge(attempt)
        date = attempt.counted_from if request.action is ActionName.SET_PARTNER_DOWN else None
        outlook = None if date is None else outlook_of(attempt.acting, date, now)
        consequences = ACTIONS[request.action].consequences(attempt)
        return Assessment(attempt, verdicts, refusals(verdicts, attempt), consequences, outlook)

    def left_to_do(self, request: OperatorRequest) -> list[str]:
        """For an action on both servers: the events due at those that do not have it yet."""
        now, found = self._store.clock(), []
        for name, server in self._store.pair(self.pair).servers.items():
            seen = ACTIONS[request.action].seen(
                self._store.pair(self.pair), self.judged(replace(request, server=name)).attempt
            )
            ahead = not_yet(server, now, self._store.zone)
            if seen is None and ahead is not None:
                found.append(ahead)
        return found

    def refuse(self, request: OperatorRequest, *reasons: str) -> None:
        """Record a refusal by the screen; no server was asked. Raises AuditError."""
        self._record("refused", request, self.judged(request), "; ".join(reasons))

    async def carry_out(self, request: OperatorRequest) -> Outcome:
        """Look again, record and send. Raises GuardRefusal with the reasons, AuditError when it cannot be recorded."""
        assessment = await self.look(request)
        if assessment.refused:
            self._record("refused", request, assessment, "; ".join(assessment.refused))
            raise GuardRefusal(*assessment.refused)
        detail = self._record("attempt", request, assessment, None)
        who = self._operator.name
        self._store.observe(OperatorAction(self._store.clock(), self.pair, who, request.action, request.server, detail))
        outcome = await self._send(assessment.attempt)
        self._store.observe(
            ActionOutcome(
                self._store.clock(), self.pair, who, request.action, request.server, outcome.succeeded, outcome.text
            )
        )
        try:
            self._record("outcome", request, assessment, outcome.text, succeeded=outcome.succeeded)
        except AuditError as error:
            # The action was done, so its outcome is reported although the log lacks it.
            return Outcome(outcome.succeeded, f"{outcome.text}; the audit log lacks this outcome ({error.reason})")
        return outcome

    async def _send(self, attempt: Attempt) -> Outcome:
        answered = ACTIONS[attempt.action].answered
        try:
            receipt = await self._servers[attempt.server].act(request_of(attempt, self._operator.name))
        except Refused as error:
            return Outcome(False, f"{attempt.server} refused: {error}")
        except SourceError as error:
            if answered:
                unknown = f"{attempt.server} does not report whether it did it: check its log"
                return Outcome(False, f"{error}; {unknown}")
            # The server may have received the request: its next answers decide.
            seen = await self._verify(attempt)
            return seen if seen.succeeded else Outcome(False, f"{error}; {seen.text}")
        if answered:
            await asyncio.gather(*(self._ask(name) for name in sorted(self._servers)))
            return Outcome(True, f"{attempt.server} answered: {receipt.text or 'done'}")
        return await self._verify(attempt)

    async def _verify(self, attempt: Attempt) -> Outcome:
        """Poll until the answers show that the action took effect, or report that they do not."""
        for number in range(VERIFY_TRIES):
            if number:
                await self._pause(VERIFY_SECONDS)
            await asyncio.gather(*(self._ask(name) for name in sorted(self._servers)))
            seen = ACTIONS[attempt.action].seen(self._store.pair(self.pair), attempt)
            if seen is not None:
                return Outcome(True, seen)
        word = last_word(self._store.pair(self.pair).servers[attempt.server])
        return Outcome(False, f"{attempt.server} does not show the result (last known: {word}): check its log")

    async def _ask(self, name: str) -> None:
        if self._servers[name].profile.polled:
            self._store.observe(await poll_server(self._servers[name], self.pair, name, self._store.clock))

    async def _ask_role(self, server: str) -> None:
        try:
            self._roles[server] = await self._servers[server].user_role()
        except SourceError:
            self._roles[server] = None

    def _record(
        self,
        event: str,
        request: OperatorRequest,
        assessment: Assessment,
        text: str | None,
        *,
        succeeded: bool | None = None,
    ) -> dict[str, Any]:
        """Write an entry to the audit log and return it for the journal."""
        entry = {
            "at": rfc3339(self._store.clock()),
            "event": event,
            "action": request.action,
            "pair": self.pair,
            "server": request.server,
            "who": self._operator.name,
            "from": self._operator.origin,
            "host": self._operator.host,
            **request.audited(),
            "command": shell(request, self.pair),
            "guards": [
                {
                    "guard": each.guard,
                    "hard": each.hard,
                    "passed": each.passed,
                    "outcome": each.held,
                    "reason": each.reason,
                }
                for each in assessment.verdicts
            ],
            "succeeded": succeeded,
            "outcome": text,
        }
        self._audit.record(entry)
        return entry
