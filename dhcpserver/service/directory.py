"""Clients of an LDAP directory: what is asked, what is remembered, and what happens without an answer (R-082).

A client that the configuration does not have is asked for once, and remembered for `client-cache-ttl`, also if the
directory does not have it. Without an answer in time it is the client `default`. After a failure nothing is asked for a
while, so that a directory that is away delays few clients.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from dhcpserver.config.classes.client import Client
from dhcpserver.config.objects import Configuration
from dhcpserver.contract import messages
from dhcpserver.service.clients import Clients
from dhcpserver.service.consulting import Ask, Asked, Finding
from dhcpserver.service.guidance import Guidance, with_profile
from dhcpserver.service.notices import Notices
from dhcpserver.service.profile import Profile

REST_SECONDS = 5.0
"""For how long nothing is asked after a failure."""


class _Known(NamedTuple):
    until: float
    profile: Profile | None


class Directory:
    """The directory of one configuration.

    Attributes:
        counts: how often it answered, had no entry, failed, was late, and was not asked because of a failure before.
    """

    def __init__(self, configuration: Configuration, clients: Clients, notices: Notices) -> None:
        enabled = [each for each in configuration.ldap if each.enabled]
        self.active = configuration.server.client_class and bool(enabled)
        self._clients = clients
        self._notices = notices
        self._seconds = max((each.query_timeout for each in enabled), default=0)
        self._size = configuration.server.client_cache_count
        self._ttl = configuration.server.client_cache_ttl
        self._cache: dict[str, _Known] = {}
        self._rests_until = 0.0
        self.counts = {"answered": 0, "unknown": 0, "failed": 0, "late": 0, "not_asked": 0}

    def about(self, hardware: bytes, duid: bytes, now: float) -> Ask | Profile | None:
        """Return how a client is treated, or the question about it; None if the configuration decides.

        `hardware`: type octet and address, empty if it is not known.
        """
        if not self.active or self._clients.known(hardware, duid) is not None:
            return None
        names = [octets.hex(":") for octets in (duid, hardware[1:]) if octets]
        if not names:
            return None
        known = self._cache.get(names[0])
        if known is not None and known.until > now:
            return known.profile
        if now < self._rests_until:
            self.counts["not_asked"] += 1
            return None

        def use(finding: Finding, guidance: Guidance) -> Guidance:
            return self._use(names[0], finding, guidance, now)

        def late() -> None:
            self._failed("late", f"no answer within {self._seconds:g} s", now)

        return Ask(Asked.DIRECTORY, {"names": names}, self._seconds, use, late)

    def _use(self, name: str, finding: Finding, guidance: Guidance, now: float) -> Guidance:
        if finding.failure:
            self._failed("failed", finding.failure, now)
            return guidance
        profile: Profile | None = None
        if finding.result is None:
            self.counts["unknown"] += 1
        else:
            try:
                profile = self._profile(finding.result)
            except ValueError as error:
                self.counts["failed"] += 1
                self._notices.tell(messages.LDAP_ENTRY, name, now, client=name, reason=str(error))
            else:
                self.counts["answered"] += 1
        self._remember(name, profile, now)
        return with_profile(guidance, profile)

    def _profile(self, values: Mapping[str, Any]) -> Profile:
        """Return how the client of an entry is treated. Raises ValueError."""
        try:
            client = Client.model_validate({"name": "default", **values})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise ValueError(f"{first['loc'][0]}: {first['msg']}") from None
        self._clients.check(client)
        return self._clients.profile(client)

    def _remember(self, name: str, profile: Profile | None, now: float) -> None:
        self._cache.pop(name, None)
        self._cache[name] = _Known(now + self._ttl, profile)
        while len(self._cache) > self._size:
            del self._cache[next(iter(self._cache))]

    def _failed(self, what: str, reason: str, now: float) -> None:
        self.counts[what] += 1
        self._rests_until = max(self._rests_until, now + self._seconds + REST_SECONDS)
        self._notices.tell(messages.LDAP_FAILED, reason, now, reason=reason)

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._rests_until += step
        self._cache = {name: _Known(known.until + step, known.profile) for name, known in self._cache.items()}
