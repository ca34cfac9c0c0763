"""The HTTP API as the command language uses it: a path below /api/v1, and JSON in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from dhcpserver.nrcmd.answer import Answer, Status

TIMEOUT_SECONDS = 30.0
Json = dict[str, Any]


class Api(Protocol):
    """Requests to one server. Each raises Failed."""

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json: ...
    def post(self, path: str, body: Json) -> Json: ...
    def patch(self, path: str, body: Json) -> Json: ...
    def delete(self, path: str) -> Json: ...


class Failed(Exception):
    """A request without success; `answer` is what the command answers."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text())
        self.answer = answer


_STATUSES = {
    401: Status.NOT_ALLOWED,
    403: Status.NOT_ALLOWED,
    404: Status.NOT_FOUND,
    422: Status.INVALID,
}


_CONFLICT = 409
_CONFLICTS = {"changed": Status.CHANGED, "already": Status.EXISTS}
"""Conflicts by a word of their sentence: another edit was first, or the name is taken; others are refusals."""


@dataclass(frozen=True, slots=True)
class HttpApi:
    """The API of a server by HTTP."""

    client: httpx.Client

    @classmethod
    def open(cls, url: str, user: str, password: str, *, verify: bool | str = True) -> "HttpApi":
        """Return the API at `url`. `verify`: a file with the authorities to trust, or those of the system."""
        base = f"{url.rstrip('/')}/api/v1"
        return cls(httpx.Client(base_url=base, auth=(user, password), timeout=TIMEOUT_SECONDS, verify=verify))

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Json) -> Json:
        return self._ask("POST", path, json=body)

    def patch(self, path: str, body: Json) -> Json:
        return self._ask("PATCH", path, json=body)

    def delete(self, path: str) -> Json:
        return self._ask("DELETE", path)

    def _ask(self, method: str, path: str, **arguments: Any) -> Json:
        try:
            response = self.client.request(method, path, **arguments)
        except (httpx.HTTPError, ValueError) as error:
            raise Failed(Answer(Status.UNREACHABLE, str(error) or type(error).__name__)) from None
        try:
            content = response.json() if response.content else {}
        except ValueError:
            content = {}
        if response.is_success and isinstance(content, dict):
            return content
        raise Failed(_failure(response.status_code, content))


def _failure(code: int, content: object) -> Answer:
    """Return the answer for an error of the API: its sentence, and a line for each wrong field."""
    status = _STATUSES.get(code, Status.REFUSED if 400 <= code < 500 else Status.UNREACHABLE)
    if not isinstance(content, dict):
        return Answer(status, f"HTTP {code}")
    detail = str(content.get("detail") or f"HTTP {code}")
    if code == _CONFLICT:
        status = next((each for word, each in _CONFLICTS.items() if word in detail), Status.REFUSED)
    errors = content.get("errors")
    lines = [
        f"{each.get('field', '')}: {each.get('expected', '')}".removeprefix(": ")
        for each in (errors if isinstance(errors, list) else [])
        if isinstance(each, dict)
    ]
    return Answer(status, detail, tuple(lines))
