"""The encoding of RFC 8156, for the bindings of DHCPv6: addresses and delegated prefixes."""

from dhcpserver.failover.codec import EncodeUpdate6, Encoding
from dhcpserver.wire.failover6 import encode6
from dhcpserver.wire.failover6_bindings import acknowledge6, encode_update6

RFC_8156: Encoding[EncodeUpdate6] = Encoding("RFC 8156", encode6, encode_update6, acknowledge6)
