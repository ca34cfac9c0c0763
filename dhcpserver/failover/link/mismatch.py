"""Log lines and notifications about refused connections and different configurations."""

from dhcpserver.contract.messages import MISMATCH, NOT_ESTABLISHED, TIME_SKEW
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings
from dhcpserver.wire.failover4 import Reject

_ERROR_KINDS = {int(Reject.INVALID_MCLT): "mclt-error", int(Reject.HASH_BUCKETS): "hba-error"}


REPORT_SECONDS = 60
"""Between log lines about connections that were not established."""


class MismatchReports:
    """Writes the reports of one endpoint."""

    def __init__(self, settings: PairSettings, outbox: Outbox) -> None:
        self._settings = settings
        self._outbox = outbox
        self._next_report = 0.0
        self._unreported = 0

    def refused(self, reason: int, text: str) -> None:
        """Report that a connection was refused, by either server."""
        if reason == Reject.TIME_MISMATCH:
            self._outbox.log(TIME_SKEW, pair=self._settings.name, difference=text)
        else:
            self.mismatch(text, _ERROR_KINDS.get(reason, "config-error"))

    def closed_early(self, remote: str, cause: str, now: float) -> None:
        """Log that a connection ended before CONNECT and CONNECTACK; once a minute, with the number of others."""
        if now < self._next_report <= now + REPORT_SECONDS:
            self._unreported += 1
            return
        more = f" ({self._unreported} more in the minute before)" if self._unreported else ""
        self._unreported = 0
        self._next_report = now + REPORT_SECONDS
        self._outbox.log(
            NOT_ESTABLISHED,
            pair=self._settings.name,
            remote=remote,
            cause=cause,
            more=more,
        )

    def mismatch(self, text: str, kind: str) -> None:
        """18103: report a difference of the configurations. `kind`: the error type of the notification."""
        settings = self._settings
        self._outbox.log(MISMATCH, pair=settings.name, kind=kind, difference=text)
        self._outbox.trap(
            "failover-config-mismatch",
            pair=settings.name,
            error=kind,
            text=text,
            partner_name=settings.partner_name,
            partner_address=settings.partner_address,
            partner_address6=settings.partner_address6,
        )
