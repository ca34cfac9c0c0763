"""The further settings of a Pairwatch server."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from console.errors import ConfigError
from console.makes.settings import ServerTable, absolute, http_url
from console.makes.tls import TlsSettings, fingerprint_of

PASSWORD_VARIABLE = "PAIRWATCH_PASSWORD"
TLS_FILES = ("ca_file", "client_certificate", "client_key")
TLS_SETTINGS = (*TLS_FILES, "fingerprint")


class PairwatchServer(ServerTable):
    """A server of make pairwatch."""

    make: Literal["pairwatch"] = "pairwatch"
    api: Annotated[str, AfterValidator(http_url)]
    """Where its HTTP API answers: http://HOST:PORT or https://HOST:PORT."""
    user: Annotated[str, Field(min_length=1)]
    """The user of the API to ask as; a viewer can watch, an operator can act."""
    password_file: Path | None = None
    """The file with that user's password, of mode 0600. Without it PAIRWATCH_PASSWORD of the environment."""

    ca_file: Path | None = None
    """The certificates of the authorities that may sign its certificate. Without it those of this host's system."""
    fingerprint: Annotated[str, AfterValidator(fingerprint_of)] | None = None
    """The SHA-256 of its certificate: this one is trusted, and no other."""
    client_certificate: Path | None = None
    """Our certificate, for a server that requires one."""
    client_key: Path | None = None
    """The key of our certificate, of mode 0600, if it is not in the same file."""

    @model_validator(mode="after")
    def _tls_fits(self) -> "PairwatchServer":
        given = [name for name in TLS_SETTINGS if getattr(self, name) is not None]
        if given and not self.api.startswith("https:"):
            raise ValueError(f"{given[0]} needs an api with https://")
        if self.ca_file is not None and self.fingerprint is not None:
            raise ValueError("set ca_file or fingerprint, not both: a fingerprint trusts one certificate alone")
        if self.client_key is not None and self.client_certificate is None:
            raise ValueError("client_key needs client_certificate")
        return self

    @property
    def tls(self) -> TlsSettings:
        """What is trusted and shown in TLS."""
        return TlsSettings(self.ca_file, self.fingerprint, self.client_certificate, self.client_key)

    @property
    def where(self) -> str:
        return self.api

    @property
    def asks_as(self) -> str:
        return self.user

    @property
    def secret_file(self) -> Path | None:
        return self.password_file

    def beside(self, folder: Path) -> "PairwatchServer":
        paths = {name: absolute(folder, getattr(self, name)) for name in ("log", "password_file", *TLS_FILES)}
        return self.model_copy(update=paths)

    def password(self) -> str:
        """Its password: from its file, else from the environment. Raises ConfigError when neither has it."""
        if self.password_file is None:
            found = os.environ.get(PASSWORD_VARIABLE)
            if found is None:
                raise ConfigError(f"no password for {self.name}: set password_file or {PASSWORD_VARIABLE}")
            return found
        try:
            return self.password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"cannot read the password file of {self.name}: {error}") from error
