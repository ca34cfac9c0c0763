"""Commands to a Kea daemon: JSON by HTTP POST, through a control agent or to the daemon's own socket.

A control agent passes a command to the daemons that `service` names, and answers with a list; a daemon ignores
`service`. The `result` of an answer is 0 for success, 1 for an error, 2 for a command that is not known, and 3 for
nothing found (Kea's documentation, "Management API").
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from console.errors import Refused, Unanswered
from console.makes.http import TIMEOUT_SECONDS, BoundedHttp
from console.makes.tls import TlsSettings
from console.model.plain_text import may_be_dangerous, plain_values

if TYPE_CHECKING:
    import httpx

SUCCESS, UNKNOWN_COMMAND, NOTHING_FOUND = 0, 2, 3
REFUSALS = {
    401: "the user or the password is wrong",
    403: "this user may not do that",
    404: "there is no control socket at this URL",
}
OFFLINE = "likely to be offline"
"""In the text of a control agent that cannot reach the daemon."""
Arguments = Mapping[str, Any]


class UnknownCommand(Refused):
    """The server does not know the command."""


class KeaClient:
    """One daemon. Its methods raise Unanswered, or Refused with the words of the server."""

    def __init__(
        self,
        api: str,
        service: str,
        credentials: tuple[str, str] | None,
        *,
        transport: "httpx.AsyncBaseTransport | None" = None,
        timeout: float = TIMEOUT_SECONDS,
        tls: TlsSettings | None = None,
    ) -> None:
        self.api = api
        self.service = service
        self._http = BoundedHttp(api, api, credentials, transport=transport, timeout=timeout, tls=tls)

    async def close(self) -> None:
        await self._http.close()

    async def command(self, name: str, arguments: Arguments | None = None) -> dict[str, Any] | None:
        """The arguments of the answer to a command; None if nothing was found. Raises UnknownCommand if the server does
        not know it, because it lacks a hook library."""
        answer = await self._answer(name, arguments)
        if answer is None:
            return None
        given = answer.get("arguments")
        return given if isinstance(given, dict) else {}

    async def change(self, name: str, arguments: Arguments | None, seconds: float | None) -> str:
        """The text of the answer to a command that changes the server. `seconds`: how long it may take."""
        answer = await self._answer(name, arguments, seconds)
        return "" if answer is None else str(answer.get("text") or "")

    async def _answer(
        self, name: str, arguments: Arguments | None, seconds: float | None = None
    ) -> dict[str, Any] | None:
        body: dict[str, Any] = {"command": name, "service": [self.service]}
        if arguments is not None:
            body["arguments"] = dict(arguments)
        limits = {} if seconds is None else {"timeout": seconds}
        answer = await self._http.ask("POST", "/", json=body, **limits)
        if not answer.is_success:
            words = REFUSALS.get(answer.status_code, f"HTTP status {answer.status_code}")
            raise Refused(answer.status_code, f"{words} ({self.api})")
        return self._succeeded(name, _decoded(self.api, answer.content))

    def _succeeded(self, name: str, found: Any) -> dict[str, Any] | None:
        first = found[0] if isinstance(found, list) and found else found
        if not isinstance(first, dict) or isinstance(first.get("result"), bool):
            raise Refused(HTTPStatus.OK, f"its answer to {name} is no answer of Kea ({self.api})")
        result, text = first.get("result"), str(first.get("text") or "")
        if result == UNKNOWN_COMMAND:
            raise UnknownCommand(HTTPStatus.OK, f"it does not know the command {name} ({self.api})")
        if result == NOTHING_FOUND:
            return None
        if result != SUCCESS:
            if OFFLINE in text:
                raise Unanswered(f"the control agent answers, {self.service} does not run or cannot be reached: {text}")
            raise Refused(HTTPStatus.OK, f"{name}: {text or f'result {result!r}'} ({self.api})")
        return first


def _decoded(api: str, body: bytes) -> Any:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise Refused(HTTPStatus.OK, f"its answer is not JSON ({api})") from wrong
    return plain_values(found) if may_be_dangerous(body) else found
