"""Receivers of lease events, beside the lease log."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About, Visibility


class LeaseEvents(Attributes):
    """Receivers of lease events, beside the lease log: webhooks (HTTP POST of JSON) and syslog (RFC 5424)."""

    webhooks: Annotated[
        tuple[Annotated[str, Field(max_length=2000)], ...], About("URLs that get events by HTTP POST")
    ] = ()
    webhook_header: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$"),
        About("the header of each request that has webhook-secret"),
    ] = "Authorization"
    webhook_secret: Annotated[SecretStr, About("its value")] = SecretStr("")
    allow_plain: Annotated[bool, About("HTTP without TLS to another machine")] = False
    syslog: Annotated[tuple[Annotated[str, Field(max_length=300)], ...], About("syslog servers that get events")] = ()
    syslog_facility: Annotated[
        Literal["daemon", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"],
        About("the facility of the events"),
    ] = "daemon"
    ca: Annotated[
        str | None, About("file with the certificates that HTTPS and TLS trust; unset: those of the system")
    ] = None
    queue: Annotated[
        int,
        Field(ge=100, le=1_000_000),
        About("events that wait for a receiver at most; then the oldest are dropped", Visibility.ADVANCED),
    ] = 10_000
    batch: Annotated[int, Field(ge=1, le=1000), About("events that are sent together at most", Visibility.ADVANCED)] = (
        100
    )
