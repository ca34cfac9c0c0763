"""TLS for the failover link: both servers have a certificate, and each trusts the file in its own configuration.

STARTTLS (RFC 7653) is the first frame on the connection, so that the port is the same with and without TLS, and a
server without TLS can refuse it. Names in certificates are not compared: the trusted file has the partner's own
certificate, or an authority that signs certificates of failover partners only.
"""

import ssl
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dhcpserver.config.classes.failover_pair import FailoverPair
from dhcpserver.runtime.sockets import ListenerError


class LinkTls(NamedTuple):
    """The TLS contexts for outbound and for inbound connections."""

    outbound: ssl.SSLContext
    inbound: ssl.SSLContext


def link_tls(pair: FailoverPair) -> LinkTls | None:
    """Return the contexts from a pair's files; None without TLS. Raises ListenerError with the name of the file."""
    if not pair.tls:
        return None
    contexts = []
    for protocol in (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER):
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        _load("tls-certificate", (pair.tls_certificate, pair.tls_key), context.load_cert_chain)
        _load("tls-ca", (pair.tls_ca,), context.load_verify_locations)
        contexts.append(context)
    return LinkTls(*contexts)


def _load(attribute: str, files: Sequence[str | None], load: Callable[..., None]) -> None:
    try:
        load(*files)
    except OSError as error:
        names = " with ".join(str(file) for file in files)
        raise ListenerError(f"failover-pair {attribute}: cannot use {names}: {error.strerror or error}") from None
