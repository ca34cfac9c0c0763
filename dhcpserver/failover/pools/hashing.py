"""The hash of RFC 3074: which of the two servers serves a client when the load is balanced.

The key is the client identifier, else the hardware address. At most its first 16 octets are hashed (section 4; some
servers hash more, which matters only for longer keys). The hash is one of 256 buckets: 0 to 127 belong to the main, 128
to 255 to the backup. How CONNECT carries this split is in `link.handshake`.
"""

from typing import Final

_TABLE: Final = bytes.fromhex(
    "fbaf77d7510e4fbf6731b58fba9d00e81f20373c983a11edae46a090dc5a39df"
    "3b03128c6fa6cbc486f37c5fdeb3c541b430240f6b2ee982a51e7ba1d1176110"
    "285bdb3d640ad26dfa7f168a1d6cf443cf09b2cc4a627ef9a774224dc1c87905"
    "14714723800db65e19e2e3c74b1b29f5e6e02be1b11a9b96d48eda73f1495869"
    "27723effc0c991d6a89edd949a7a0c5452a32c8be4eccdf2d90bbb929f4056ef"
    "c32a6ac67670b8ac5702ad75b0e5f7fd89b963a466932d42e7348dd3c2cef6ee"
    "386e4ef83ff0bd5d5c3335b713ab48322168654508fc53784c875536ca7dbcd5"
    "60eb88d0a281be849c262f0107fe1804d88359151c8525999550aa4406a9ea97"
)
_MAXIMUM_KEY: Final = 16
_MAIN_BUCKETS: Final = 128


def bucket(key: bytes) -> int:
    """Return the bucket, 0 to 255, of a client identifier or hardware address."""
    key = key[:_MAXIMUM_KEY]
    value = len(key)
    for octet in reversed(key):
        value = _TABLE[value ^ octet]
    return value


def belongs_to_main(key: bytes) -> bool:
    """Return whether the main serves a client, by the client's key in the lease book.

    That key is a mark and the client identifier, or a mark, the hardware type and the hardware address, or for DHCPv6 a
    mark, the identity association and the DUID (`dhcpserver.leases.lease.client_key`). The hash takes the identifier,
    the hardware address or the DUID alone.
    """
    return bucket_of_key(key) < _MAIN_BUCKETS


def bucket_of_key(key: bytes) -> int:
    """Return the bucket of a client, by its key in the lease book."""
    mark = key[:1]
    return bucket(key[1:] if mark == b"\1" else key[6:] if mark == b"\2" else key[2:])
