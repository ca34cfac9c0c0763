"""Who calls the API and what the role lets them do: viewer < operator < expert."""

import asyncio
import hashlib
import secrets
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from fastapi import Request

from dhcpserver.api.passwords import matches, token_matches
from dhcpserver.api.problems import Problem
from dhcpserver.config.objects import User

ROLES = ("viewer", "operator", "expert")
_REMEMBERED_SECONDS = 300.0
_REMEMBERED_MOST = 256


class Caller(NamedTuple):
    """A user who proved who they are."""

    name: str
    role: str
    address: str


class Authenticator:
    """Checks credentials against the configuration's users.

    A password is verified once in a while, in a thread, because scrypt takes longer than a packet may wait; in between
    its keyed digest is remembered.
    """

    def __init__(self, users: Sequence[User]) -> None:
        self._users = {user.name: user for user in users}
        self._secret = secrets.token_bytes(32)
        self._seen: dict[bytes, tuple[float, User]] = {}
        self._verifying = asyncio.Semaphore(1)

    async def caller(self, request: Request) -> Caller:
        """Who makes this request. Raises Problem 401."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        user = None
        if scheme.lower() == "basic":
            user = await self._basic(value)
        elif scheme.lower() == "bearer":
            stored = ((user, user.token) for user in self._users.values() if user.token is not None)
            user = next((user for user, token in stored if token_matches(value.strip(), token)), None)
        if user is None:
            raise Problem(401, "send HTTP Basic with user and password, or a bearer token")
        return Caller(user.name, user.role, request.client.host if request.client else "")

    async def _basic(self, value: str) -> User | None:
        try:
            name, _, password = b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return None
        user = self._users.get(name)
        if user is None or user.password is None:
            return None
        digest = hashlib.blake2b(f"{name}:{password}".encode(), key=self._secret).digest()
        now = time.monotonic()
        seen = self._seen.get(digest)
        if seen is not None and seen[0] > now:
            return seen[1]
        async with self._verifying:
            if not await asyncio.to_thread(matches, password, user.password):
                return None
        if len(self._seen) >= _REMEMBERED_MOST:
            self._seen.clear()
        self._seen[digest] = (now + _REMEMBERED_SECONDS, user)
        return user

    def at_least(self, role: str) -> Callable[[Request], Awaitable[Caller]]:
        """A dependency that lets a request through for this role and those above it. Raises Problem 401 or 403."""

        async def dependency(request: Request) -> Caller:
            caller = await self.caller(request)
            if ROLES.index(caller.role) < ROLES.index(role):
                raise Problem(403, f"{caller.name} is {caller.role}; this needs {role}")
            return caller

        return dependency
