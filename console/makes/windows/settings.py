"""The further settings of a Windows DHCP server."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from console.makes.http_settings import OptionalHttpTable


class WindowsServer(OptionalHttpTable):
    """A server of make windows. `api` is windows_exporter; without it the server is not polled."""

    make: Literal["windows"] = "windows"
    metrics_path: Annotated[str, Field(pattern=r"^/\S*$")] = "/metrics"
    """The path of the metrics."""
    user: Annotated[str, Field(min_length=1)] | None = None
    """The user of windows_exporter, if it requires one (basic authentication)."""

    @model_validator(mode="after")
    def _login_fits(self) -> Self:
        if (self.user is None) != (self.password_file is None):
            raise ValueError("user and password_file go together")
        return self

    @property
    def asks_as(self) -> str:
        return self.user or ""
