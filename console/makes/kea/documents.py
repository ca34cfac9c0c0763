"""The answers of Kea that are read, as typed documents: `status-get` with its relationships, and `ha-heartbeat`.

Kea 2.2 sends neither names nor clocks of the servers; 2.4 and later do.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]


class KeaDocument(BaseModel):
    """A JSON object of which more may be sent than is read. Its names have `_` instead of Kea's `-` (`underscored`)."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Local(KeaDocument):
    """The server that answers. `system_time`: its clock, `YYYY-MM-DD HH:MM:SS` in UTC."""

    role: str | None
    scopes: tuple[str, ...] | None
    state: str | None
    server_name: str | None = None
    system_time: str | None = None


class Remote(KeaDocument):
    """What it reports about its partner. `age`: seconds since its last answer. `in_touch`: it has ever had contact.
    `unacked_clients_left`: how many more clients the partner must leave unanswered before it takes over."""

    age: Count | None = None
    in_touch: bool | None
    role: str | None = None
    server_name: str | None = None
    last_scopes: tuple[str, ...] | None = None
    last_state: str | None
    communication_interrupted: bool | None
    connecting_clients: Count | None = None
    unacked_clients: Count | None = None
    unacked_clients_left: Count | None = None
    clock_skew: int | None = None


class Heartbeat(KeaDocument):
    """`date_time`: the server's clock, as in the header of an HTTP message."""

    date_time: str | None = None


def underscored(raw: Any) -> Any:
    """An object with the names of a `KeaDocument`."""
    return {str(name).replace("-", "_"): value for name, value in raw.items()} if isinstance(raw, Mapping) else raw


def objects(raw: Any, name: str) -> list[Mapping[str, Any]]:
    """The objects in a list of an answer; none if there is no list."""
    found = raw.get(name) if isinstance(raw, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
