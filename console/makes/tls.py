"""TLS towards the HTTP API: whose certificates are trusted, our own certificate, and true words for each failure.

Without settings the authorities of this host's system are trusted. `ca_file` trusts those in a file instead, and
`fingerprint` trusts one certificate alone, of any issuer and with any name. A wrong certificate ends the
connection before the password is sent.
"""

import hmac
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from console.errors import CertificateError

FINGERPRINT = re.compile(r"(?:sha256:)?((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """What is trusted, and what is shown. `fingerprint`: SHA-256 of the certificate in hexadecimal, without colons."""

    ca_file: Path | None = None
    fingerprint: str | None = None
    certificate: Path | None = None
    key: Path | None = None


def fingerprint_of(text: str) -> str:
    """The hexadecimal digits of a fingerprint as openssl prints it. Raises ValueError."""
    found = FINGERPRINT.fullmatch(text.strip())
    if found is None:
        raise ValueError("write the SHA-256 of the certificate: 64 hexadecimal digits, with colons or without")
    return found[1].replace(":", "").lower()


@cache
def context_of(settings: TlsSettings) -> ssl.SSLContext:
    """The context for these settings; made once, since reading a system's authorities takes long.

    Raises CertificateError.
    """
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise CertificateError(f"cannot use ca_file {settings.ca_file}: {_file_fault(error)}") from error
    if settings.fingerprint is not None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.sslobject_class = _pinned(settings.fingerprint)
    if settings.certificate is not None:
        try:
            context.load_cert_chain(settings.certificate, settings.key, password=_no_password)
        except (OSError, ssl.SSLError, ValueError) as error:
            raise CertificateError(
                f"cannot use client_certificate {settings.certificate}: {_file_fault(error)}"
            ) from error
    return context


def _no_password() -> str:
    raise ValueError("its key has a passphrase: write the key without one, readable by this user only")


def _file_fault(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "it has no certificate or key in PEM form, or they do not belong together"
    return getattr(error, "strerror", None) or str(error)


def _pinned(fingerprint: str) -> type[ssl.SSLObject]:
    class Pinned(ssl.SSLObject):
        """A connection that ends after the handshake unless the certificate is the pinned one."""

        def do_handshake(self) -> None:
            super().do_handshake()
            shown = sha256(self.getpeercert(binary_form=True) or b"").hexdigest()
            if not hmac.compare_digest(shown, fingerprint):
                raise OtherCertificate(shown)

    return Pinned


class OtherCertificate(ssl.SSLError):
    """The server has another certificate than the pinned one. `shown` is its fingerprint."""

    def __init__(self, shown: str) -> None:
        super().__init__(f"another certificate than the pinned one: its fingerprint is {shown}")
        self.shown = shown


TRUST = "set ca_file to the certificate of its authority, or fingerprint to its own"
VERIFY: Mapping[int, tuple[str, str]] = {
    9: ("certificate not valid yet", "compare the clocks of both hosts"),
    10: ("certificate expired", "renew it on the server"),
    18: ("certificate not trusted: self-signed", TRUST),
    19: ("certificate not trusted: self-signed authority in its chain", TRUST),
    20: ("certificate not trusted: its authority is not known on this host", TRUST),
    21: ("certificate not trusted: its chain is incomplete", TRUST),
    23: ("certificate revoked", "renew it on the server"),
    62: ("certificate is for another host name", "use the name in the certificate in api, or set fingerprint"),
    64: ("certificate is for another address", "use the name in the certificate in api, or set fingerprint"),
}
"""Codes of OpenSSL (X509_V_ERR_...): what is wrong, and what to do."""

REASONS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"),
        "the server does not speak TLS there",
        "write http:// in api, or the port of its TLS",
    ),
    (
        ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE", "BAD_CERTIFICATE", "UNKNOWN_CA", "CERTIFICATE_UNKNOWN"),
        "the server refused our certificate, or requires one",
        "set client_certificate and client_key to those that it accepts",
    ),
    (
        ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "NO_SHARED_CIPHER"),
        "no TLS version that both accept",
        "allow TLS 1.2 or later on the server",
    ),
)
"""Parts of the name of an OpenSSL error: what is wrong, and what to do."""


def failure(error: ssl.SSLError) -> tuple[str, str]:
    """What is wrong with a TLS connection, and what to do about it."""
    if isinstance(error, OtherCertificate):
        return f"another certificate than the pinned one (sha256 {error.shown})", (
            "if it was renewed, set fingerprint to the new one; if not, someone may be in between"
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        known = VERIFY.get(error.verify_code)
        return known if known is not None else (f"certificate not trusted: {error.verify_message}", TRUST)
    name = error.reason or ""
    for parts, words, remedy in REASONS:
        if any(part in name for part in parts):
            return words, remedy
    return f"TLS failed: {name.replace('_', ' ').lower() or 'the connection ended'}", "look at the server's log"
