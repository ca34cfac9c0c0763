"""The further settings of a Pairwatch server."""

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from console.errors import ConfigError
from console.makes.settings import ServerTable, absolute

PASSWORD_VARIABLE = "PAIRWATCH_PASSWORD"


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write http://HOST:PORT or https://HOST:PORT")
    return text.rstrip("/")


class PairwatchServer(ServerTable):
    """A server of make pairwatch."""

    make: Literal["pairwatch"] = "pairwatch"
    api: Annotated[str, AfterValidator(_url)]
    """Where its HTTP API answers: http://HOST:PORT or https://HOST:PORT."""
    user: Annotated[str, Field(min_length=1)]
    """The user of the API to ask as; a viewer can watch, an operator can act."""
    password_file: Path | None = None
    """The file with that user's password, of mode 0600. Without it PAIRWATCH_PASSWORD of the environment."""

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
        paths = {"log": absolute(folder, self.log), "password_file": absolute(folder, self.password_file)}
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
