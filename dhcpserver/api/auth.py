"""The user of a request and the user's role: viewer < operator < expert."""

import asyncio
import hashlib
import secrets
import time
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from fastapi import Request

from dhcpserver.api.passwords import hash_password, matches, token_matches
from dhcpserver.api.problems import Problem
from dhcpserver.api.throttle import Account, LoginThrottle
from dhcpserver.config.classes.api import User
from dhcpserver.contract.words import UserRole

ROLES: tuple[str, ...] = (UserRole.VIEWER, UserRole.OPERATOR, UserRole.EXPERT)
"""In ascending order: each role includes those before it."""
WAITING_LOGINS = 16
"""Verifications that may wait for their turn; each takes about 50 ms."""
_CACHE_SECONDS = 300.0
_CACHE_ENTRIES = 256

Report = Callable[[str], None]
"""Writes a warning about logins to the server's log."""


class Caller(NamedTuple):
    """An authenticated user and the address that the request came from."""

    name: str
    role: str
    address: str


class Authenticator:
    """Checks credentials against the users of the configuration.

    scrypt takes longer than a packet can wait, so a password is verified in a thread and its keyed digest is cached for
    a few minutes. Failures are logged, and slowed down by source and user.
    """

    def __init__(self, users: Sequence[User], report: Report) -> None:
        self._users = {user.name: user for user in users}
        self._report = report
        self._secret = secrets.token_bytes(32)
        self._nobody = hash_password(secrets.token_hex())
        """For a user that does not exist: the answer takes as long as for one that does."""
        self._cache: dict[bytes, tuple[float, User]] = {}
        self._throttle = LoginThrottle()
        self._verification = asyncio.Semaphore(1)
        self._waiting = 0

    async def caller(self, headers: Mapping[str, str], source: str) -> Caller:
        """Return the user of a request. Raises Problem 401, or 429 for too many failures."""
        scheme, _, value = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            user = await self._basic(value, source)
        elif scheme.lower() == "bearer":
            user = self._bearer(value.strip(), source)
        else:
            raise Problem(401, "send HTTP Basic with user and password, or a bearer token")
        return Caller(user.name, user.role, source)

    def _bearer(self, token: str, source: str) -> User:
        account = Account(source, "")
        for user in self._users.values():
            if user.token is not None and token_matches(token, user.token.get_secret_value()):
                self._throttle.succeeded(account)
                return user
        self._check_wait(account)
        self._failed(account, "with a bearer token")
        raise Problem(401, "no user has this bearer token")

    async def _basic(self, value: str, source: str) -> User:
        try:
            name, _, password = b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            raise Problem(401, "the credentials are not the base64 form of user:password in UTF-8") from None
        user = self._users.get(name)
        stored = None if user is None else user.password
        digest = hashlib.blake2b(f"{name}:{password}".encode(), key=self._secret).digest()
        now = time.monotonic()
        cached = self._cache.get(digest)
        if cached is not None and cached[0] > now:
            return cached[1]
        account = Account(source, name if user is not None else "")
        self._check_wait(account)
        right = await self._verify(password, self._nobody if stored is None else stored.get_secret_value())
        if user is None or stored is None or not right:
            self._failed(account, f"as user {name[:64]!r}")
            raise Problem(401, "the user or the password is wrong")
        self._throttle.succeeded(account)
        if len(self._cache) >= _CACHE_ENTRIES:
            self._cache.clear()
        self._cache[digest] = (now + _CACHE_SECONDS, user)
        return user

    async def _verify(self, password: str, stored: str) -> bool:
        if self._waiting >= WAITING_LOGINS:
            raise Problem(429, "too many logins at once: try again in a second", retry_after=1)
        self._waiting += 1
        try:
            async with self._verification:
                return await asyncio.to_thread(matches, password, stored)
        finally:
            self._waiting -= 1

    def _check_wait(self, account: Account) -> None:
        now = time.monotonic()
        wait = self._throttle.wait(account, now)
        if wait:
            refused = self._throttle.refused(account, now)
            if refused:
                self._report(f"Logins refused from {account.source}: {refused} attempts after too many failures.")
            seconds = int(wait) + 1
            raise Problem(429, f"too many failed logins: try again in {seconds} s", retry_after=seconds)

    def _failed(self, account: Account, how: str) -> None:
        count = self._throttle.failed(account, time.monotonic())
        if count:
            times = "" if count == 1 else f" ({count} attempts)"
            self._report(f"Login failed from {account.source} {how}{times}.")


def require_role(caller: Caller, role: str) -> None:
    """Raise Problem 403 unless the caller has the role, or one above it."""
    if ROLES.index(caller.role) < ROLES.index(role):
        raise Problem(403, f"this request needs the role {role}; {caller.name} has the role {caller.role}")


def caller_of(request: Request) -> Caller:
    """Return the user that `api.access` has found for a request: a dependency of the routes."""
    caller = request.scope["caller"]
    assert isinstance(caller, Caller)
    return caller
