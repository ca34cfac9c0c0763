"""Recipients of traps."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About
from dhcpserver.config.values import Name, Port
from snmp.security.access import AuthProtocol, PrivProtocol
from snmp.send.recipient import DEFAULT_COMMUNITY, DEFAULT_PORT, DEFAULT_RETRIES, DEFAULT_TIMEOUT_SECONDS


class TrapRecipient(Attributes):
    """A recipient of traps: by SNMPv1 or SNMPv2c with a community, or by SNMPv3 with a user."""

    name: Annotated[Name, About("its name")]
    ip_addr: Annotated[str, Field(min_length=1, max_length=253), About("its address, or its name in DNS")]
    port_number: Annotated[Port, About("its UDP port")] = DEFAULT_PORT
    community: Annotated[
        SecretStr, Field(min_length=1, max_length=255), About("the community of SNMPv1 and SNMPv2c")
    ] = SecretStr(DEFAULT_COMMUNITY)
    version: Annotated[Literal["v1", "v2c", "v3"], About("the version of SNMP")] = "v2c"
    inform: Annotated[bool, About("traps are acknowledged, and sent again without it")] = False
    timeout: Annotated[float, Field(ge=0.1, le=300), About("seconds to wait for the acknowledgement")] = (
        DEFAULT_TIMEOUT_SECONDS
    )
    retries: Annotated[int, Field(ge=0, le=20), About("how often an inform is sent again")] = DEFAULT_RETRIES
    user: Annotated[str | None, About("the user of SNMPv3")] = None
    auth_protocol: Annotated[AuthProtocol | None, About("its authentication")] = None
    auth_key: Annotated[SecretStr, About("the password of the authentication")] = SecretStr("")
    priv_protocol: Annotated[PrivProtocol | None, About("its encryption")] = None
    priv_key: Annotated[SecretStr, About("the password of the encryption")] = SecretStr("")
