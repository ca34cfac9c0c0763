"""TLS for the failover link: both servers show a certificate, and each trusts what its own configuration names.

STARTTLS (RFC 7653) comes first on the connection, so that the port is the same with and without TLS and a server that
has none can say so. Names in certificates are not compared: the trusted file holds the partner's own certificate, or
an authority that signs nothing but failover partners.
"""

import ssl
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dhcpserver.config.objects import FailoverPair
from dhcpserver.runtime.sockets import ListenerError


class LinkTls(NamedTuple):
    """What TLS needs, for the side that dials and for the one that is dialled."""

    dialling: ssl.SSLContext
    accepting: ssl.SSLContext


def link_tls(pair: FailoverPair) -> LinkTls | None:
    """The contexts that a pair's files make; None without TLS. Raises ListenerError that names the file."""
    if not pair.tls:
        return None
    contexts = []
    for protocol in (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER):
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        _use("tls-certificate", (pair.tls_certificate, pair.tls_key), context.load_cert_chain)
        _use("tls-ca", (pair.tls_ca,), context.load_verify_locations)
        contexts.append(context)
    return LinkTls(*contexts)


def _use(attribute: str, files: Sequence[str | None], load: Callable[..., None]) -> None:
    try:
        load(*files)
    except OSError as error:
        names = " with ".join(str(file) for file in files)
        raise ListenerError(f"failover-pair {attribute}: cannot use {names}: {error.strerror or error}") from None
