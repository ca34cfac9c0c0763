"""LDAP servers that have clients (R-082)."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About, Visibility
from dhcpserver.config.values import Name, Port

ClientAttribute = Literal["client-class-name", "policy-name", "selection-criteria", "host-name", "action"]


class Ldap(Attributes):
    """An LDAP server that has what a `client` object has. It is asked for clients that are not in the configuration."""

    name: Annotated[Name, About("its name")]
    hostname: Annotated[str, Field(min_length=1, max_length=253), About("its address, or its name in DNS")]
    port: Annotated[Port, About("its TCP port")] = 389
    tls: Annotated[
        Literal["off", "starttls", "ldaps"], About("how the connection is protected; ldaps needs port 636")
    ] = "off"
    ca: Annotated[str | None, About("file with the certificates that TLS trusts; unset: those of the system")] = None
    allow_plain: Annotated[bool, About("a connection without TLS to another machine")] = False
    enabled: Annotated[bool, About("it is asked")] = True
    preference: Annotated[int, Field(ge=1, le=1000), About("the lowest one is asked first")] = 1
    username: Annotated[str | None, About("the name to bind with; unset: anonymous")] = None
    password: Annotated[SecretStr, About("its password")] = SecretStr("")
    search_path: Annotated[str, Field(min_length=1), About("where entries are: `ou=clients,dc=example,dc=org`")]
    search_filter: Annotated[
        str,
        Field(pattern=r"%s"),
        About("which entry is that of a client; `%s` is its hardware address or its DUID, `02:00:00:00:00:01`"),
    ] = "(cn=%s)"
    search_scope: Annotated[Literal["base", "onelevel", "subtree"], About("how deep entries are")] = "subtree"
    query_dictionary: Annotated[
        dict[str, ClientAttribute], Field(min_length=1), About("attributes of an entry, and those of a client")
    ]
    query_timeout: Annotated[
        int, Field(ge=1, le=30), About("seconds to wait for an answer; then the client is the default one")
    ] = 3
    max_requests: Annotated[
        int, Field(ge=1, le=1000), About("questions that wait for it at most", Visibility.ADVANCED)
    ] = 100
