"""VPNs whose clients get addresses from scopes and prefixes of their own (R-094)."""

from typing import Annotated

from pydantic import AfterValidator, Field

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About
from dhcpserver.config.values import Name, vpn_identifier


class Vpn(Attributes):
    """A VPN, as relays name it (RFC 6607): by an identifier, by a name, or by either."""

    name: Annotated[Name, About("its name")]
    vpn_id: Annotated[
        str | None, AfterValidator(vpn_identifier), About("its identifier of RFC 2685: OUI:INDEX, `00a0b1:0000000c`")
    ] = None
    vrf_name: Annotated[
        str | None, Field(pattern=r"^[!-~]{1,254}$"), About("its name at the relays, printable ASCII")
    ] = None
