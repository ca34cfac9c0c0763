"""A Pairwatch server, asked over its HTTP API (docs/http-api.md).

One client for each server: polls ask only for pools that changed and put the whole answer together again,
so every observation is complete.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from console.errors import Refused
from console.makes.decoding import json_object
from console.makes.http import TIMEOUT_SECONDS, BoundedHttp
from console.makes.pairwatch.cursors import place
from console.makes.tls import TlsSettings

if TYPE_CHECKING:
    import httpx

PAGES_AT_MOST = 64
"""Requests for one client: a million addresses looked at, where no index finds it."""


class ServerClient:
    """The HTTP API of one server. Every method raises Unanswered or Refused, with a text for a person."""

    def __init__(
        self,
        api: str,
        user: str,
        password: str,
        *,
        transport: "httpx.AsyncBaseTransport | None" = None,
        timeout: float = TIMEOUT_SECONDS,
        tls: TlsSettings | None = None,
    ) -> None:
        self.api = api
        self._http = BoundedHttp(api, f"{api}/api/v1", (user, password), transport=transport, timeout=timeout, tls=tls)
        self._pools: dict[str, dict[str, Any]] = {}
        self._version: int | None = None
        self._boot: object = None

    async def close(self) -> None:
        await self._http.close()

    async def status(self) -> dict[str, Any]:
        """The whole status answer, with the pools that did not change put back in."""
        parameters = {} if self._version is None else {"since": self._version}
        answer = await self._ask("GET", "/status", params=parameters)
        server = answer.get("server")
        boot = (server.get("uid"), server.get("started")) if isinstance(server, Mapping) else None
        if self._version is not None and boot != self._boot:
            # A restarted process counts versions from the start, so the pools that it left out are unknown.
            self._version, self._boot = None, None
            return await self.status()
        self._boot = boot
        return self._completed(answer)

    async def role(self) -> str:
        """The role of this user: viewer, operator or expert."""
        return str((await self._ask("GET", "/session")).get("role"))

    async def act(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post a request (actions.py has the paths): the answer to it."""
        return await self._ask("POST", path, json=body)

    async def config(self) -> dict[str, Any]:
        """The configuration in force, without secrets and defaults."""
        return await self._ask("GET", "/config")

    async def lease(self, address: str) -> list[dict[str, Any]]:
        """The lease of an address, or none."""
        try:
            return [await self._ask("GET", f"/leases/{address}")]
        except Refused as refused:
            if refused.status == HTTPStatus.NOT_FOUND:
                return []
            raise

    async def leases_of(self, client: str) -> list[dict[str, Any]]:
        """All leases of a client, in whichever words the API takes; with as many requests as it asks for."""
        found: dict[str, dict[str, Any]] = {}
        after: object = None
        for _ in range(PAGES_AT_MOST):
            parameters = {"client": client} | ({} if after is None else {"after": after})
            answer = await self._ask("GET", "/leases", params=parameters)
            try:
                found.update({str(each["address"]): each for each in answer["leases"]})
                after = answer.get("next")
            except (KeyError, TypeError, AttributeError) as wrong:
                raise Refused(200, f"the leases that it answered cannot be read: {wrong} ({self.api})") from wrong
            if after is None:
                break
        return list(found.values())

    async def lease_page(self, scope: str, after: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
        """Leases of a scope after an address, and the address to go on after; None at the end."""
        parameters: dict[str, Any] = {"scope": scope, "limit": limit} | ({} if after is None else {"after": after})
        answer = await self._ask("GET", "/leases", params=parameters)
        try:
            following = answer.get("next")
            if following is not None:
                place(following)
            return [dict(each) for each in answer["leases"]], following
        except (KeyError, TypeError, ValueError) as wrong:
            raise Refused(200, f"the leases that it answered cannot be read: {wrong} ({self.api})") from wrong

    async def log(self, after: int | None, limit: int, follow: float) -> tuple[list[str], int]:
        """Lines of the server's log from the cursor `after` on, and the cursor for the next call.

        Waits up to `follow` seconds for a line to appear.
        """
        parameters: dict[str, Any] = {"limit": limit, "follow": follow}
        if after is not None:
            parameters["after"] = after
        answer = await self._ask("GET", "/log", params=parameters, timeout=follow + TIMEOUT_SECONDS)
        try:
            return [str(line["text"]) for line in answer["lines"]], int(answer["next"])
        except (KeyError, TypeError, ValueError, OverflowError) as wrong:
            raise Refused(200, f"the log that it answered cannot be read: {wrong} ({self.api})") from wrong

    async def _ask(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        answer = await self._http.ask(method, path, **arguments)
        if answer.is_success:
            return _object(self.api, answer)
        raise Refused(answer.status_code, _refusal(self.api, answer))

    def _completed(self, answer: dict[str, Any]) -> dict[str, Any]:
        try:
            for pair in answer["pairs"]:
                if not isinstance(pair["pools"], list):
                    raise TypeError("pools is not a list")
                known = self._pools.setdefault(pair["name"], {}) if self._version is not None else {}
                known.update({pool["name"]: pool for pool in pair["pools"]})
                self._pools[pair["name"]] = known
                pair["pools"] = list(known.values())
            self._version = int(answer["version"])
        except (KeyError, TypeError, ValueError, OverflowError):
            # Not a status: the translation reports the fault; here it must only not be kept.
            self._version, self._pools = None, {}
        return answer


def _object(api: str, answer: "httpx.Response") -> dict[str, Any]:
    try:
        return json_object(answer.content)
    except ValueError as wrong:
        raise Refused(answer.status_code, f"its answer is {wrong} ({api})") from wrong


REFUSALS = {
    401: "the user or the password is wrong",
    403: "this user may not do that",
    404: "it does not know that",
    503: "it does not serve now",
}


def _refusal(api: str, answer: "httpx.Response") -> str:
    """The problem document's words where there is one, else ours."""
    try:
        problem = json_object(answer.content)
        detail = str(problem.get("detail") or problem.get("title") or "")
        for fault in problem.get("errors") or ():
            detail += f" ({fault.get('field')}: {fault.get('expected')})"
    except (ValueError, AttributeError, TypeError, RecursionError):
        detail = ""
    words = REFUSALS.get(answer.status_code, f"HTTP status {answer.status_code}")
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        detail = ""  # Its words about signing do not help after a wrong password.
    return f"{detail or words} ({api})"
