"""The further settings of a Pairwatch server."""

import os
from typing import Annotated, Literal

from pydantic import Field

from console.errors import ConfigError
from console.makes.http_settings import HttpServerTable

PASSWORD_VARIABLE = "PAIRWATCH_PASSWORD"


class PairwatchServer(HttpServerTable):
    """A server of make pairwatch. Without `password_file` the password is PAIRWATCH_PASSWORD of the environment."""

    make: Literal["pairwatch"] = "pairwatch"
    user: Annotated[str, Field(min_length=1)]
    """The user of the API to ask as; a viewer can watch, an operator can act."""

    @property
    def asks_as(self) -> str:
        return self.user

    def password(self) -> str:
        """Its password: from its file, else from the environment. Raises ConfigError when neither has it."""
        found = super().password()
        if found is None:
            found = os.environ.get(PASSWORD_VARIABLE)
        if found is None:
            raise ConfigError(f"no password for {self.name}: set password_file or {PASSWORD_VARIABLE}")
        return found
