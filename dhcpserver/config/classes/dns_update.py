"""DNS updates and their keys (R-092, R-095)."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About, Visibility
from dhcpserver.config.values import Address, Name, Port, zone_name


class Key(Attributes):
    """A key of TSIG (RFC 8945), by which a DNS server accepts updates. Its name is that of the DNS server too."""

    name: Annotated[Name, About("its name, as the DNS server has it")]
    algorithm: Annotated[
        Literal["hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"],
        About("its algorithm"),
    ] = "hmac-sha256"
    secret: Annotated[SecretStr, About("the secret, in base64")]


class DnsUpdateConfig(Attributes):
    """A DNS server that gets the records of leases. Policies name it in forward-dnsupdate and reverse-dnsupdate."""

    name: Annotated[Name, About("its name")]
    server_addr: Annotated[Address, About("the address of the primary DNS server")]
    backup_server_addr: Annotated[Address | None, About("another one, for when the first does not answer")] = None
    port: Annotated[Port, About("their TCP port")] = 53
    server_key: Annotated[Name | None, About("the key that signs updates; unset: none", refers_to="key")] = None
    forward_zone_name: Annotated[
        str | None, AfterValidator(zone_name), About("the zone of names; a policy can have another one")
    ] = None
    reverse_zone_name: Annotated[
        str | None, AfterValidator(zone_name), About("the zone of addresses; unset: by the subnet or the prefix")
    ] = None
    ttl: Annotated[int, Field(ge=0, le=604_800), About("seconds that others may keep the records")] = 1200
    synthesize_name: Annotated[bool, About("a client without a name gets one that is made of its address")] = False
    synthetic_name_stem: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,19}[A-Za-z0-9])?$"), About("the beginning of such a name")
    ] = "dhcp"
    v6_synthetic_name_generator: Annotated[
        Literal["duid", "hashed-duid"], About("what such a name of a DHCPv6 client is made of")
    ] = "hashed-duid"
    use_dns_update_prereqs: Annotated[
        bool,
        About("a name of another client is left to it, by its DHCID record (RFC 4703)", Visibility.ADVANCED),
    ] = True
