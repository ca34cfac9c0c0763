"""Scope templates: what a new scope of the pair has that its creation does not set (R-044)."""

from typing import Annotated

from pydantic import AfterValidator

from dhcpserver.config.attributes import Attributes, Options
from dhcpserver.config.catalogue import About
from dhcpserver.config.values import Name, Percent, SelectionTag, host_range


class ScopeTemplate(Attributes):
    """Attributes of new scopes. It is applied once, when a command creates a scope without a value of its own."""

    name: Annotated[Name, About("its name")]
    ranges_expr: Annotated[
        tuple[Annotated[str, AfterValidator(host_range)], ...],
        About("ranges by the number of the host: `10-200`; a negative number counts from the last address: `10--2`"),
    ] = ()
    router_expr: Annotated[int | None, About("the number of the host that is the router")] = None
    policy: Annotated[Name | None, About("the policy", refers_to="policy")] = None
    options: Annotated[Options | None, About("options before those of the policy")] = None
    allocate_first_available: Annotated[bool | None, About("the lowest free address is given first")] = None
    backup_pct: Annotated[Percent | None, About("the backup's percentage, instead of the pair's")] = None
    deactivated: Annotated[bool | None, About("no client gets or renews a lease")] = None
    free_address_low: Annotated[Percent | None, About("percent of free addresses for free-address-low")] = None
    free_address_high: Annotated[Percent | None, About("percent of free addresses for free-address-high")] = None
    free_address_config: Annotated[Name | None, About("shared thresholds", refers_to="addr-trap")] = None
    selection_tags: Annotated[tuple[SelectionTag, ...] | None, About("tags that thresholds and clients select by")] = (
        None
    )
