"""Definitions of options that the registries do not have, and options of vendors."""

from typing import Annotated

from pydantic import Field

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About
from dhcpserver.config.values import OptionName


class OwnOption(Attributes):
    """The definition of an option that the registry does not have, or of a sub-option of a vendor."""

    code: Annotated[int, Field(ge=1, le=254), About("its number")]
    name: Annotated[OptionName, About("its name in options tables")]
    type: Annotated[str, About("the type of its value, as docs/options.md lists them")]
    repeat: Annotated[bool, About("it has a list of values")] = False


class VendorOptionSpace(Attributes):
    """Sub-options of a vendor: in option 43 for clients of a vendor class, or in option 125 by enterprise number."""

    name: Annotated[OptionName, About("its name in vendor-options tables")]
    vendor_class: Annotated[
        str | None,
        Field(min_length=1, max_length=255),
        About("option 60 of the clients that get option 43; with `*` at its end, the beginning of it"),
    ] = None
    enterprise: Annotated[int | None, Field(ge=0, le=0xFFFFFFFF), About("the enterprise number of option 125")] = None
    definitions: Annotated[tuple[OwnOption, ...], About("the sub-options")] = ()
