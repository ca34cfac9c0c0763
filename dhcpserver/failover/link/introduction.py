"""CONNECT and CONNECTACK of one endpoint: what it sends about itself, and its judgement of what the partner sends."""

import random

from dhcpserver.failover.link import handshake
from dhcpserver.failover.link.handshake import ConnectRefusal, Peer
from dhcpserver.failover.link.mismatch import MismatchReports
from dhcpserver.failover.link.startnumber import StartNumbers
from dhcpserver.failover.settings import PairSettings
from dhcpserver.wire.failover4 import Connect, ConnectAck, Vendor

NONCE_OCTETS = 16
"""Random octets that make the digests of each connection different."""


class Introduction:
    """Makes and judges the messages, and reports different configurations.

    Attributes:
        numbers: the start numbers of both servers.
        communicated: whether the two servers have ever communicated; sent to the partner.
        last_contact: when the last message of the partner arrived, 0 for never; sent to the partner.
        mismatch: the configuration classes that differ from the partner's.
    """

    def __init__(
        self,
        settings: PairSettings,
        entropy: random.Random,
        reports: MismatchReports,
        numbers: StartNumbers,
        communicated: bool,
        last_contact: float,
    ) -> None:
        self._settings = settings
        self._entropy = entropy
        self._reports = reports
        self.numbers = numbers
        self.communicated = communicated
        self.last_contact = last_contact
        self.mismatch: tuple[str, ...] = ()

    def connect(self, xid: int) -> Connect:
        """Return the main's CONNECT."""
        return handshake.connect(self._settings, xid, self._vendor_options())

    def answer(self, request: Connect, secured: bool, now: float) -> tuple[ConnectAck, ConnectRefusal | None, Peer]:
        """Return the backup's answer to CONNECT, the refusal in it, and what the main sent about itself.

        `secured`: whether the connection uses TLS.
        """
        settings = self._settings
        peer = handshake.peer_of(request)
        refusal = handshake.check_protection(settings, secured, request)
        refusal = refusal or handshake.check_connect(settings, request, peer, now)
        vendor = None if peer.foreign else self._vendor_options()
        uneven = handshake.bucket_mismatch(settings, request) if refusal is None and peer.foreign else None
        if uneven is not None:
            self._reports.mismatch(uneven, "hba-error")
        return handshake.connect_ack(settings, request, refusal, vendor), refusal, peer

    def judge(self, ack: ConnectAck, secured: bool, now: float) -> tuple[ConnectRefusal | None, Peer]:
        """Return why the main refuses a CONNECTACK that accepts, and what the backup sent about itself."""
        settings = self._settings
        peer = handshake.peer_of(ack)
        refusal = handshake.check_protection(settings, secured, ack)
        return refusal or handshake.check_ack(settings, ack, peer, now), peer

    def report_mismatches(self, peer: Peer) -> None:
        """Report the configuration classes that differ; they refuse nothing."""
        self.mismatch = handshake.config_mismatches(self._settings, peer)
        for text in self.mismatch:
            self._reports.mismatch(text, "config-error")

    def _vendor_options(self) -> Vendor:
        nonce = self._entropy.randbytes(NONCE_OCTETS) if self._settings.shared_secret else None
        return handshake.vendor_options(self._settings, self.communicated, self.last_contact, nonce, self.numbers)
