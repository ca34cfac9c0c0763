"""The bodies of requests that change something, and the answers to them. An unknown field is refused.

Who reads an answer tolerates unknown fields, as everywhere in the documents; who reads a request does not: a misspelt
field must not silently mean the default.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema

from dhcpserver.contract.fields import Document, Seconds, Time
from dhcpserver.contract.words import Absence, PairRole, Reconfiguring

LONGEST_SAFE_PERIOD = 31 * 86400
"""Seconds."""


LONGEST_NAME, LONGEST_REASON = 200, 1000
"""Characters."""

_EARLIEST, _LATEST = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC)
"""What the failover link and the stored state can hold: 32 bits of seconds, and 0 means never."""


def _in_range(date: datetime) -> datetime:
    # Compared in UTC: near the years 1 and 9999 the comparison of other zones overflows.
    try:
        right = _EARLIEST <= date.astimezone(UTC) <= _LATEST
    except OverflowError:
        right = False
    if not right:
        raise ValueError(f"the date must be from {_EARLIEST:%Y-%m-%d} to {_LATEST:%Y-%m-%d}")
    return date


_PATTERN = r"^(19[89]\d|20\d\d)-[0-9-]{5}[Tt][0-9:.]+([Zz]|[+-][0-9:]{5})$"

ShownDate = Annotated[
    AwareDatetime,
    AfterValidator(_in_range),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": r"^(19[89]\d|20\d\d)-[0-9-]{5}[Tt][0-9:.]+([Zz]|[+-][0-9:]{5})$",
        }
    ),
]
"""A date with a zone. The schema promises a little less than is accepted: whole decades."""


class Request(BaseModel):
    """The base of every request body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StopRequest(Request):
    """Stop the server. `absence`: after `short` the partner waits, after `long` it takes over (PARTNER-DOWN)."""

    absence: Absence = Absence.SHORT


class ReconfigureRequest(Request):
    """Ask DHCPv6 clients to renew or rebind their leases, or to request their configuration (RECONFIGURE)."""

    message: Reconfiguring = Reconfiguring.RENEW


class UseSafePeriodRequest(Request):
    """Whether PARTNER-DOWN follows by itself after the safe period; valid until the next start (R-141)."""

    use: bool


class SafePeriodRequest(Request):
    """The safe period in seconds from the loss of contact; valid until the next start."""

    seconds: Annotated[int, Field(ge=1, le=LONGEST_SAFE_PERIOD)]


class PartnerDownRequest(Request):
    """Set the partner down. `date` null: when contact was lost. `expert` allows an earlier date (R-149)."""

    date: ShownDate | None = None
    expert: bool = False
    operator: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""


class FailoverRequest(Request):
    """Switch failover on or off in the saved configuration, and reload. `operator` and `reason` are for the log."""

    use: bool
    operator: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""


class RoleRequest(Request):
    """Give this server a role in the saved configuration, and its partner the other one, and reload (R-205)."""

    role: PairRole
    operator: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""


class PartnerDownAnswer(Document):
    """The pair after the partner was set down."""

    pair: str
    state: str
    partner_down_time: Time | None = None
    partner_pool_usable_at: Time | None = None


class UseSafePeriodAnswer(Document):
    """Whether the safe period is in use now."""

    pair: str
    use_safe_period: bool


class SafePeriodAnswer(Document):
    """The safe period, and when it ends if it is running."""

    pair: str
    safe_period: Seconds
    safe_period_ends: Time | None = None


class ResultAnswer(Document):
    """The request was accepted; `result` is a word for a person."""

    result: str


class SessionDocument(Document):
    """`GET /api/v1/session`: the user of the request and the user's role (a word of UserRole)."""

    user: str
    role: str
