"""Requests to the REST API of a Cisco server: JSON objects, and lists in pages that a `next` link connects."""

from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from console.errors import Refused, Unreadable
from console.makes.decoding import json_value
from console.makes.http import TIMEOUT_SECONDS, BoundedHttp
from console.makes.tls import TlsSettings

if TYPE_CHECKING:
    import httpx

REFUSALS = {
    HTTPStatus.UNAUTHORIZED: "the user or the password is wrong",
    HTTPStatus.FORBIDDEN: "this user may not read that",
}
MOST_PAGES = 1000
JSON = {"Accept": "application/json"}
Object = Mapping[str, Any]


class CiscoClient:
    """One server. Its methods raise Unanswered, Refused with the reason, and Unreadable."""

    def __init__(
        self,
        api: str,
        base_path: str,
        credentials: tuple[str, str] | None,
        *,
        transport: "httpx.AsyncBaseTransport | None" = None,
        timeout: float = TIMEOUT_SECONDS,
        tls: TlsSettings | None = None,
    ) -> None:
        self.api = api
        self._base = base_path
        self._http = BoundedHttp(api, api, credentials, transport=transport, timeout=timeout, tls=tls)

    async def close(self) -> None:
        await self._http.close()

    async def version(self) -> str:
        """The text of `session`: the version of the server."""
        answer = await self._answer(f"{self._base}/session")
        return " ".join(answer.content.decode("utf-8", "replace").split())[:200]

    async def object(self, path: str) -> Object | None:
        """The object of a path; None where there is none. A list of one object is that object."""
        answer = await self._answer(f"{self._base}/{path}")
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        found = self._decoded(answer)
        first = found[0] if isinstance(found, list) and len(found) == 1 else found
        if not isinstance(first, Mapping):
            raise Unreadable(f"its answer to {path} is not an object ({self.api})")
        return first

    async def objects(self, kind: str) -> AsyncIterator[list[Object]]:
        """All objects of a class, a page at a time."""
        path = f"{self._base}/resource/{kind}"
        for _ in range(MOST_PAGES):
            answer = await self._answer(path)
            if answer.status_code == HTTPStatus.NOT_FOUND:
                return
            found = self._decoded(answer)
            if not isinstance(found, list):
                raise Unreadable(f"its list of {kind} is not a list ({self.api})")
            yield [each for each in found if isinstance(each, Mapping)]
            after = answer.links.get("next", {}).get("url")
            if after is None:
                return
            # The rest of the link is not followed: another host would receive the password.
            parts = urlsplit(after)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        raise Unreadable(f"its list of {kind} does not end ({self.api})")

    async def _answer(self, path: str) -> "httpx.Response":
        answer = await self._http.ask("GET", path, headers=JSON)
        if answer.is_success or answer.status_code == HTTPStatus.NOT_FOUND:
            return answer
        words = REFUSALS.get(HTTPStatus(answer.status_code), f"HTTP status {answer.status_code}")
        raise Refused(answer.status_code, f"{words} ({self.api})")

    def _decoded(self, answer: "httpx.Response") -> Any:
        try:
            return json_value(answer.content)
        except ValueError as wrong:
            raise Unreadable(f"its answer is {wrong} ({self.api})") from wrong


def object_name(name: str) -> str:
    """A name in a path. A slash cannot be in one: a hyphen is sent for it."""
    return quote(name.replace("/", "-"), safe=":.-_")
