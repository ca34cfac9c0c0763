"""The further settings of a Cisco server. What is not public about its REST API is a setting, its default a guess."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from console.makes.http_settings import OptionalHttpTable

Path = Annotated[str, Field(pattern=r"^[^/\s]\S*$")]
Name = Annotated[str, Field(min_length=1)]


class CiscoKeys(BaseModel):
    """The keys of the JSON objects whose form is not public."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: Name = "failoverState"
    """The state of this server, in a related server."""
    state_since: Name = "failoverStateStartTime"
    """When it entered its state."""
    partner_state: Name = "partnerFailoverState"
    """The state of its partner."""
    communications: Name = "communications"
    """Whether it has contact: OK or interrupted."""
    interrupted_since: Name = "startOfCommunicationsInterrupted"
    """When contact was lost."""
    total: Name = "totalAddresses"
    """All addresses of a scope, in its utilization."""
    available: Name = "freeDynamic"
    """The free addresses of this server."""
    other_available: Name = "otherAvailable"
    """The free addresses of its partner."""
    leased: Name = "leasedDynamic"
    """The leased addresses."""


class CiscoServer(OptionalHttpTable):
    """A server of make cisco. Without `api` it is not polled: it is known from its traps and its log only."""

    make: Literal["cisco"] = "cisco"
    user: Name | None = None
    """The user of the REST API (HTTP Basic)."""
    base_path: Annotated[str, Field(pattern=r"^/\S*[^/\s]$")] = "/web-services/rest"
    """The path that all others begin with."""
    failover_pair: Name | None = None
    """The name of the failover pair on the server, if it is not the name of the pair."""
    related_path: Path = "stats/DHCPServer?nrClass=DHCPRelatedServerStats"
    """The path of the related server, which has the states. It is not public: this is a guess."""
    utilization_path: Path = "stats/CurrentUtilization/{scope}"
    """The path of the counts of a scope; `{scope}` is its name."""
    keys: CiscoKeys = CiscoKeys()
    """The keys in the answers to the two paths above."""

    @model_validator(mode="after")
    def _login_fits(self) -> Self:
        if self.api is not None and (self.user is None or self.password_file is None):
            raise ValueError("api needs user and password_file")
        return self

    @property
    def asks_as(self) -> str:
        return self.user or ""
