"""Which make of server answers at an address: each make is tried in turn, with the login that was given.

A new make that is polled over HTTP has a row in `CANDIDATES`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from console.errors import Refused, SourceError, Unanswered, Untrusted
from console.makes.cisco.client import CiscoClient
from console.makes.cisco.settings import CiscoServer
from console.makes.cisco.source import CiscoSource
from console.makes.http import BoundedHttp
from console.makes.kea.client import KeaClient
from console.makes.kea.source import KeaSource
from console.makes.pairwatch.source import open_at
from console.makes.registry import profile
from console.makes.source import Identity, Source
from console.makes.tls import TlsSettings
from console.makes.windows.source import WindowsSource

Further = Mapping[str, str]
"""Further settings of a server's table: `service`, `relationship`."""
WRONG_LOGIN = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Login:
    """The address of a server's API, and how to log in; `user` is empty where no user is needed."""

    api: str
    user: str = ""
    password: str = ""
    tls: TlsSettings = field(default_factory=TlsSettings)


@dataclass(frozen=True, slots=True)
class Candidate:
    """How a server of a make is asked. `variants` are tried in their order. `by_partner`: its pairs have no names, and
    are named by the partner. `by_order`: it reports neither its name nor its role. `needs_user`: it is never asked
    without one."""

    open: Callable[[Login, str, Further], Source]
    variants: tuple[Further, ...] = ({},)
    by_partner: bool = False
    by_order: bool = False
    needs_user: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """A server that answered: its make, its identity, and the settings with which it answered."""

    login: Login
    make: str
    identity: Identity
    further: Further

    @property
    def title(self) -> str:
        """The name of the make for a person."""
        return profile(self.make).title

    @property
    def by_partner(self) -> bool:
        """Whether its pairs are named by the partner."""
        return CANDIDATES[self.make].by_partner

    @property
    def by_order(self) -> bool:
        """Whether it reports neither its name nor its role."""
        return CANDIDATES[self.make].by_order

    def source(self, pair: str, further: Further) -> Source:
        """A source for one of its pairs."""
        return CANDIDATES[self.make].open(self.login, pair, {**self.further, **further})


def _pairwatch(login: Login, pair: str, further: Further) -> Source:
    return open_at(login.api, login.user, login.password, pair, login.tls)


def _kea(login: Login, pair: str, further: Further) -> Source:
    client = KeaClient(login.api, further.get("service", "dhcp4"), _credentials(login), tls=login.tls)
    return KeaSource(client, "", further.get("relationship"))


def _credentials(login: Login) -> tuple[str, str] | None:
    return (login.user, login.password) if login.user else None


def _windows(login: Login, pair: str, further: Further) -> Source:
    http = BoundedHttp(login.api, login.api, _credentials(login), tls=login.tls)
    return WindowsSource(http, urlsplit(login.api).hostname or "")


def _cisco(login: Login, pair: str, further: Further) -> Source:
    host = urlsplit(login.api).hostname or "?"
    server = CiscoServer(name=host, role="main")
    client = CiscoClient(login.api, server.base_path, _credentials(login), tls=login.tls)
    return CiscoSource(client, server, pair)


CANDIDATES: Mapping[str, Candidate] = {
    "pairwatch": Candidate(_pairwatch, needs_user=True),
    "kea": Candidate(_kea, ({}, {"service": "dhcp6"}), by_partner=True),
    "cisco": Candidate(_cisco, by_order=True, needs_user=True),
    "windows": Candidate(_windows, by_order=True),
}
"""By make, in the order in which they are tried."""


async def recognise(login: Login, make: str | None = None, further: Further | None = None) -> Recognised:
    """The make and identity of the server at an address. `make`: only this one; `further`: only with these settings.

    Raises SourceError: that of a wrong login or of no answer at all, else that no make answers there.
    """
    errors: list[str] = []
    for name, candidate in CANDIDATES.items():
        if make not in (None, name):
            continue
        if candidate.needs_user and not login.user:
            errors.append(f"{name}: it requires a user")
            continue
        for variant in candidate.variants if not further else ({**further},):
            try:
                identity = await _identity(candidate.open(login, "", variant))
            except Refused as error:
                if login.user and error.status in WRONG_LOGIN:
                    raise
                errors.append(f"{name}: {error}")
            except Untrusted:
                raise
            except Unanswered as error:
                if not candidate.by_partner:
                    raise
                errors.append(f"{name}: {error}")
            except SourceError as error:
                errors.append(f"{name}: {error}")
            else:
                return Recognised(login, name, identity, variant)
    raise Unanswered(f"no make of server that the console can ask answers at {login.api} ({'; '.join(errors)})")


async def _identity(source: Source) -> Identity:
    try:
        return await source.identify()
    finally:
        await source.close()
