"""The settings that servers of all makes have. Each make declares its further fields."""

import ipaddress
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def source_network(text: str) -> str:
    """An address or a network in the form in which sources are compared: an IPv4 address in IPv6 form is that address,
    and the zone of a link-local address is left out. Raises ValueError."""
    host, slash, length = text.strip().partition("/")
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if not slash:
        return str(mapped or address)
    bits = int(length) - 96 if mapped is not None else int(length)
    return str(ipaddress.ip_network(f"{mapped or address}/{bits}", strict=False))


class ServerTable(BaseModel):
    """One server of a pair."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    """Its name, as the pair's status calls it."""
    role: Literal["main", "backup"]
    """main or backup."""
    make: str
    """The make of this server where it is not the pair's."""
    log: Path | None = None
    """Its log file, if this host has it. Without it, or where the file is not, the log is read from the server, of
    makes that offer that."""
    trap_sources: tuple[Annotated[str, AfterValidator(source_network)], ...] = ()
    """The addresses or networks from which its notifications come."""

    @property
    def polled(self) -> bool:
        """Whether it is polled; otherwise it is known from its traps and its log only."""
        return True

    @property
    def where(self) -> str:
        """The address of its API, for a person; empty where it has none."""
        return ""

    @property
    def asks_as(self) -> str:
        """The user to ask as; empty where there is none."""
        return ""

    @property
    def secret_file(self) -> Path | None:
        """The file with its password, if that is in one."""
        return None

    def password(self) -> str | None:
        """Its password; None where none is needed. Raises ConfigError when one is needed and missing."""
        return None

    def check(self) -> None:
        """Raises ConfigError when the source of this server could not be opened; cheaper than opening it."""
        self.password()

    def beside(self, folder: Path) -> "ServerTable":
        """The same with relative paths taken from `folder`."""
        return self.model_copy(update={"log": absolute(folder, self.log)})


@lru_cache(maxsize=4096)
def absolute(folder: Path, path: Path | None) -> Path | None:
    """A path of the configuration file, which is relative to the file."""
    return None if path is None else folder / path.expanduser()


def http_url(text: str) -> str:
    """The URL of an HTTP server without a slash at its end. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write http://HOST:PORT or https://HOST:PORT")
    return text.rstrip("/")
