"""The further settings of a Kea server."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from console.makes.http_settings import HttpServerTable
from console.makes.settings import http_url


class KeaServer(HttpServerTable):
    """A server of make kea: one daemon, with one of its relationships. `api` is the control agent, or the HTTP control
    socket of the daemon itself (Kea 3.0)."""

    make: Literal["kea"] = "kea"
    service: Literal["dhcp4", "dhcp6", "both"] = "dhcp4"
    """The daemon to ask, behind a control agent; both: DHCPv4 and DHCPv6 of this host are one server."""
    api6: Annotated[str, AfterValidator(http_url)] | None = None
    """With service = "both": the control socket of the DHCPv6 daemon, where it is not behind the same agent."""
    relationship: str | None = None
    """The name of the partner in Kea's configuration, for a server that has several relationships (hub and spoke)."""
    user: Annotated[str, Field(min_length=1)] | None = None
    """The user of the control agent, if it requires one (basic authentication)."""

    @model_validator(mode="after")
    def _login_fits(self) -> Self:
        if (self.user is None) != (self.password_file is None):
            raise ValueError("user and password_file go together")
        if self.api6 is not None and self.service != "both":
            raise ValueError('api6 needs service = "both"')
        return self

    @property
    def asks_as(self) -> str:
        return self.user or ""
