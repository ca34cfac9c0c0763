"""The further settings of an ISC dhcpd server."""

import base64
import binascii
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from console.errors import ConfigError
from console.makes.isc.omapi import Key
from console.makes.settings import ServerTable, absolute

DEFAULT_PORT = 7911


def _endpoint(text: str) -> str:
    """HOST:PORT with the port; an IPv6 address is in brackets. Raises ValueError."""
    host, port = split_endpoint(text)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def split_endpoint(text: str) -> tuple[str, int]:
    """The host and the port. Raises ValueError."""
    bracketed, _, rest = text.strip().removeprefix("[").partition("]")
    host, _, port = (bracketed, "", rest.removeprefix(":")) if text.startswith("[") else text.strip().partition(":")
    number = int(port) if port.isascii() and port.isdigit() else 0 if port else DEFAULT_PORT
    if not host or not 0 < number < 65536:
        raise ValueError("write HOST:PORT, and an IPv6 address in brackets")
    return host, number


class IscServer(ServerTable):
    """A server of make isc. Without `omapi` it is not polled: it is known from its traps and its log only."""

    make: Literal["isc"] = "isc"
    omapi: Annotated[str, AfterValidator(_endpoint)] | None = None
    """HOST:PORT of OMAPI (omapi-port in dhcpd.conf)."""
    omapi_key: Annotated[str, Field(min_length=1)] | None = None
    """The name of the key (omapi-key in dhcpd.conf)."""
    omapi_key_file: Path | None = None
    """The file with the secret of the key in Base64, of mode 0600."""
    omapi_algorithm: Literal["hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"] = (
        "hmac-md5"
    )
    """The algorithm of the key in dhcpd.conf."""
    failover_peer: Annotated[str, Field(min_length=1)] | None = None
    """The name after `failover peer` in dhcpd.conf, if it is not the name of the pair."""
    leases_file: Path | None = None
    """The server's dhcpd.leases, if this host has it: pools and all leases."""
    config_file: Path | None = None
    """The server's dhcpd.conf, if this host has it: the names and sizes of the pools in leases_file."""

    @model_validator(mode="after")
    def _key_fits(self) -> Self:
        if (self.omapi_key is None) != (self.omapi_key_file is None):
            raise ValueError("omapi_key and omapi_key_file go together")
        given = [name for name in ("omapi_key", "leases_file", "config_file") if getattr(self, name) is not None]
        if given and self.omapi is None:
            raise ValueError(f"{given[0]} needs omapi")
        return self

    @property
    def polled(self) -> bool:
        return self.omapi is not None

    @property
    def where(self) -> str:
        return self.omapi or ""

    @property
    def asks_as(self) -> str:
        return self.omapi_key or ""

    @property
    def secret_file(self) -> Path | None:
        return self.omapi_key_file

    def check(self) -> None:
        """Read the key. Raises ConfigError."""
        super().check()
        self.key()

    def beside(self, folder: Path) -> Self:
        names = ("log", "omapi_key_file", "leases_file", "config_file")
        return self.model_copy(update={name: absolute(folder, getattr(self, name)) for name in names})

    def key(self) -> Key | None:
        """The key for OMAPI; None without one. Raises ConfigError when its file cannot be read."""
        if self.omapi_key is None or self.omapi_key_file is None:
            return None
        try:
            text = self.omapi_key_file.read_text(encoding="ascii").strip()
            secret = base64.b64decode(text, validate=True)
        except (OSError, UnicodeDecodeError, binascii.Error) as error:
            raise ConfigError(f"cannot read the OMAPI key of {self.name}: {error}") from error
        return Key(self.omapi_key, self.omapi_algorithm, secret)
