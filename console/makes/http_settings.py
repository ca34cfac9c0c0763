"""The settings of servers with an HTTP API: where it is, what is trusted, and the file with the password."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from console.errors import ConfigError
from console.makes.settings import ServerTable, absolute, http_url
from console.makes.tls import TlsSettings, context_of, fingerprint_of

TLS_FILES = ("ca_file", "client_certificate", "client_key")
TLS_SETTINGS = (*TLS_FILES, "fingerprint")


HttpUrl = Annotated[str, AfterValidator(http_url)]


class OptionalHttpTable(ServerTable):
    """A server that is asked over HTTP, or not polled where it has no `api`. Each make declares its user."""

    api: HttpUrl | None = None
    """Where its HTTP API answers: http://HOST:PORT or https://HOST:PORT. Without it the server is not polled."""
    password_file: Path | None = None
    """The file with the user's password, of mode 0600. Without it a Pairwatch server's is PAIRWATCH_PASSWORD of the
    environment."""

    ca_file: Path | None = None
    """The certificates of the authorities that may sign its certificate. Without it those of this host's system."""
    fingerprint: Annotated[str, AfterValidator(fingerprint_of)] | None = None
    """The SHA-256 of its certificate: this one is trusted, and no other."""
    client_certificate: Path | None = None
    """Our certificate, for a server that requires one."""
    client_key: Path | None = None
    """The key of our certificate, of mode 0600, if it is not in the same file."""

    @model_validator(mode="after")
    def _tls_fits(self) -> Self:
        given = [name for name in TLS_SETTINGS if getattr(self, name) is not None]
        if given and not self.where.startswith("https:"):
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
    def polled(self) -> bool:
        return self.api is not None

    @property
    def where(self) -> str:
        return self.api or ""

    @property
    def secret_file(self) -> Path | None:
        return self.password_file

    def check(self) -> None:
        """Read the password and the files of TLS. Raises ConfigError."""
        super().check()
        if self.where.startswith("https:"):
            context_of(self.tls)

    def beside(self, folder: Path) -> Self:
        paths = {name: getattr(self, name) for name in ("log", "password_file", *TLS_FILES)}
        given = {name: absolute(folder, path) for name, path in paths.items() if path is not None}
        return self.model_copy(update=given) if given else self

    def password(self) -> str | None:
        """The password in its file; None without a file. Raises ConfigError when the file cannot be read."""
        if self.password_file is None:
            return None
        try:
            return self.password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"cannot read the password file of {self.name}: {error}") from error


class HttpServerTable(OptionalHttpTable):
    """A server that is always polled over HTTP."""

    api: HttpUrl
    """Where its HTTP API answers: http://HOST:PORT or https://HOST:PORT."""
