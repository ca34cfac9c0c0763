"""The data of a DHCID record (RFC 4701): which client a name belongs to, without showing who that is."""

import hashlib

from dhcpserver.wire.optiontypes.domains import labels_of, packed

HARDWARE, CLIENT_ID, DUID = 0, 1, 2
"""What the digest is made of (section 3.3)."""
_SHA256 = 1
_RFC4361 = 255
"""The first octet of an option 61 that has an IAID and a DUID."""
_BEFORE_DUID = 5


def dhcid(client_id: bytes | None, hardware: bytes, name: str, *, family: int) -> bytes:
    """Return the data for a client and a qualified name.

    `client_id`: option 61, for DHCPv6 the DUID. `hardware`: htype octet and address. A client that has a DUID in option
    61 (RFC 4361) has the same data in both families.
    """
    if family == 6 and client_id:
        kind, identifier = DUID, client_id
    elif client_id and client_id[0] == _RFC4361 and len(client_id) > _BEFORE_DUID:
        kind, identifier = DUID, client_id[_BEFORE_DUID:]
    elif client_id:
        kind, identifier = CLIENT_ID, client_id
    else:
        kind, identifier = HARDWARE, hardware
    digest = hashlib.sha256(identifier + packed(labels_of(name.lower()))).digest()
    return kind.to_bytes(2, "big") + bytes((_SHA256,)) + digest
