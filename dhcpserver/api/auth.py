"""The user of a request and the user's role: viewer < operator < expert."""

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
from dhcpserver.contract.words import UserRole

ROLES: tuple[str, ...] = (UserRole.VIEWER, UserRole.OPERATOR, UserRole.EXPERT)
"""In ascending order: each role includes those before it."""
_CACHE_SECONDS = 300.0
_CACHE_ENTRIES = 256


class Caller(NamedTuple):
    """An authenticated user and the address that the request came from."""

    name: str
    role: str
    address: str


class Authenticator:
    """Checks credentials against the users of the configuration.

    scrypt takes longer than a packet can wait, so a password is verified in a thread and its keyed digest is cached for
    a few minutes.
    """

    def __init__(self, users: Sequence[User]) -> None:
        self._users = {user.name: user for user in users}
        self._secret = secrets.token_bytes(32)
        self._cache: dict[bytes, tuple[float, User]] = {}
        self._verification = asyncio.Semaphore(1)

    async def caller(self, request: Request) -> Caller:
        """Return the user of a request. Raises Problem 401."""
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
        cached = self._cache.get(digest)
        if cached is not None and cached[0] > now:
            return cached[1]
        async with self._verification:
            if not await asyncio.to_thread(matches, password, user.password):
                return None
        if len(self._cache) >= _CACHE_ENTRIES:
            self._cache.clear()
        self._cache[digest] = (now + _CACHE_SECONDS, user)
        return user

    def at_least(self, role: str) -> Callable[[Request], Awaitable[Caller]]:
        """Return a dependency that accepts this role and the roles above it. It raises Problem 401 or 403."""

        async def dependency(request: Request) -> Caller:
            caller = await self.caller(request)
            if ROLES.index(caller.role) < ROLES.index(role):
                raise Problem(403, f"this request needs the role {role}; {caller.name} has the role {caller.role}")
            return caller

        return dependency
