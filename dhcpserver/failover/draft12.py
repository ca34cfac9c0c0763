"""The encoding of draft-ietf-dhc-failover-12, for DHCPv4 bindings."""

from dhcpserver.failover.codec import EncodeUpdate, Encoding
from dhcpserver.wire.failover4 import encode
from dhcpserver.wire.failover4_bindings import acknowledge, encode_update

DRAFT_12: Encoding[EncodeUpdate] = Encoding("draft-12", encode, encode_update, acknowledge)
