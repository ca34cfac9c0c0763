"""Thresholds of free addresses that several scopes share."""

from typing import Annotated, Literal

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About
from dhcpserver.config.values import Name, Percent

FREE_ADDRESS_LOW, FREE_ADDRESS_HIGH = 20, 25
"""Default thresholds in percent, of a scope, a prefix and an `addr-trap`."""


class AddrTrap(Attributes):
    """Free-address thresholds of all scopes whose `free-address-config` names it."""

    name: Annotated[Name, About("its name")]
    enable: Annotated[bool, About("its traps are sent")] = True
    low_threshold: Annotated[Percent, About("percent of free addresses for free-address-low")] = FREE_ADDRESS_LOW
    high_threshold: Annotated[Percent, About("percent of free addresses for free-address-high")] = FREE_ADDRESS_HIGH
    mode: Annotated[
        Literal["scope", "network", "selection-tags"],
        About("what is counted together: one scope, the scopes of a network, or those with equal selection tags"),
    ] = "scope"
