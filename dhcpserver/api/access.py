"""What every request passes before the application: the login first, then the role, then a body of bounded size.

Nothing of a body is parsed before its sender may send it. A viewer may read; a method that changes something needs the
role operator, one that changes the configuration the role expert, and some requests ask for more (`api.operator`).
Health and metrics need no login.
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dhcpserver.api.auth import Authenticator, require_role
from dhcpserver.api.problems import Problem, document
from dhcpserver.contract.words import UserRole

LARGEST_BODY_OCTETS = 64 * 1024
LARGEST_DOCUMENT_OCTETS = 16 * 1024 * 1024
"""Of a whole configuration: 10,000 scopes with reservations."""
BODY_SECONDS = 10.0
PUBLIC = frozenset(("/healthz", "/metrics", "/api/v1/openapi.json"))
READING = frozenset(("GET", "HEAD", "OPTIONS"))
CONFIGURATION = "/api/v1/config/"
PREVIEW, SYNC, DOCUMENT = f"{CONFIGURATION}preview", f"{CONFIGURATION}sync", f"{CONFIGURATION}document"


def needed_role(method: str, path: str) -> UserRole:
    """Return the role that a request needs."""
    if path == DOCUMENT:
        return UserRole.EXPERT
    if method in READING:
        return UserRole.VIEWER
    return UserRole.EXPERT if path.startswith(CONFIGURATION) and path != PREVIEW else UserRole.OPERATOR


class AccessControl:
    """An ASGI application in front of another one."""

    def __init__(self, app: ASGIApp, users: Authenticator) -> None:
        self._app = app
        self._users = users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = _Body(scope, receive)
        try:
            if scope["path"] not in PUBLIC:
                await self._admit(scope)
            await body.read()
        except Problem as problem:
            response = document(problem)
            if not await body.skip():
                response.headers["Connection"] = "close"
            await response(scope, receive, send)
            return
        await self._app(scope, body.receive, send)

    async def _admit(self, scope: Scope) -> None:
        """Find the user. Raises Problem 401, 403 or 429."""
        source = scope["client"][0] if scope.get("client") else ""
        caller = await self._users.caller(Headers(scope=scope), source)
        require_role(caller, needed_role(scope["method"], scope["path"]))
        scope["caller"] = caller


class _Body:
    """The body of one request, read as a whole within its limits."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._declared = _declared_length(Headers(scope=scope))
        self._largest = LARGEST_DOCUMENT_OCTETS if scope["path"] == SYNC else LARGEST_BODY_OCTETS
        self._octets = bytearray()
        self._complete = False
        self._delivered = False

    async def read(self) -> None:
        """Read it. Raises Problem 408 or 413."""
        if self._declared > self._largest:
            raise Problem(413, f"a body has at most {self._largest} octets; this one has {self._declared}")
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while not self._complete:
                    await self._more()
        except TimeoutError:
            raise Problem(408, f"the body did not arrive within {BODY_SECONDS:.0f} s") from None

    async def skip(self) -> bool:
        """Read the rest of a body that is not used, so that the connection can be used again. False if it is too long.

        A connection that is closed with unread octets is reset, and the sender may not see the answer.
        """
        if self._declared > LARGEST_BODY_OCTETS:
            return False
        try:
            async with asyncio.timeout(1.0):
                while not self._complete:
                    await self._more()
        except (Problem, TimeoutError):
            return False
        return True

    async def receive(self) -> Message:
        """Return the body once; then wait for the end of the connection."""
        if not self._delivered:
            self._delivered = True
            return {"type": "http.request", "body": bytes(self._octets), "more_body": False}
        return await self._receive()

    async def _more(self) -> None:
        message = await self._receive()
        if message["type"] != "http.request":
            self._complete = True
            return
        self._octets += message.get("body", b"")
        self._complete = not message.get("more_body", False)
        if len(self._octets) > self._largest:
            self._octets.clear()
            raise Problem(413, f"a body has at most {self._largest} octets")


def _declared_length(headers: Headers) -> int:
    """Return Content-Length; 0 if there is none. The HTTP parser has checked that it is a number."""
    text = headers.get("content-length", "0")
    return int(text) if text.isdigit() else 0
