"""Clients and client-classes: which scopes, prefixes and policies certain clients get (R-086, R-087)."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About
from dhcpserver.config.values import Name, SelectionTag, client_name

_HOST = r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"


class ClientClass(Attributes):
    """Clients that are treated alike. It needs `client-class = true` in `[server]`."""

    name: Annotated[Name, About("its name")]
    policy_name: Annotated[
        Name | None,
        About("a policy before those of scope or prefix; what it does not set is theirs", refers_to="policy"),
    ] = None
    selection_criteria: Annotated[
        tuple[SelectionTag, ...],
        About("its clients get leases of scopes and prefixes with all these selection-tags; empty: of all"),
    ] = ()

    limitation_id: Annotated[
        Literal["circuit-id", "remote-id"] | None,
        About("what a relay sends of the place whose clients are counted: in option 82, or options 18 and 37"),
    ] = None
    limitation_count: Annotated[
        int | None, Field(ge=1, le=1_000_000), About("how many of its clients have leases at one place at a time")
    ] = None
    over_limit_client_class_name: Annotated[
        Name | None, About("the class of further ones; unset: they get no answer", refers_to="client-class")
    ] = None


class Client(Attributes):
    """One client, or with the name `default` each client without an object of its own."""

    name: Annotated[str, AfterValidator(client_name), About("`02:00:00:00:00:01`, a DUID in hexadecimal, or `default`")]
    client_class_name: Annotated[Name | None, About("its class", refers_to="client-class")] = None
    policy_name: Annotated[Name | None, About("a policy before that of its class", refers_to="policy")] = None
    selection_criteria: Annotated[tuple[SelectionTag, ...], About("selection-tags instead of those of its class")] = ()
    host_name: Annotated[
        str | None, Field(pattern=_HOST), About("its host name, whatever name it sends (option 12)")
    ] = None
    action: Annotated[Literal["none", "exclude"], About("exclude: it gets no answer")] = "none"
