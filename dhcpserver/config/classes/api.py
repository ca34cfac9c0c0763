"""The HTTP API and its users."""

from typing import Annotated, Literal

from pydantic import SecretStr

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About
from dhcpserver.config.values import Name, Port


class Api(Attributes):
    """The HTTP API. It requires TLS or `allow-plain` on any address that is not loopback."""

    address: Annotated[str, About("the address that it listens on")] = "127.0.0.1"
    port: Annotated[Port, About("its TCP port")] = 8067
    certificate: Annotated[str | None, About("file with its certificate, for HTTPS")] = None
    key: Annotated[str | None, About("file with the key of the certificate")] = None
    allow_plain: Annotated[bool, About("HTTP without TLS to other machines")] = False


class User(Attributes):
    """A user of the API, with a password or a token."""

    name: Annotated[Name, About("the login")]
    role: Annotated[
        Literal["viewer", "operator", "expert"], About("what the user may do: read, operate, or override guards")
    ] = "viewer"
    password: Annotated[
        SecretStr | None, About("scrypt of the password, as `python -m dhcpserver.main --hash-password` prints it")
    ] = None
    token: Annotated[SecretStr | None, About("`sha256$` and the SHA-256 of a token, for programs")] = None
