"""Log lines and notifications about refused connections and different configurations."""

from dhcpserver.contract.messages import MISMATCH, TIME_SKEW
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings
from dhcpserver.wire.failover4 import Reject

_ERROR_KINDS = {int(Reject.INVALID_MCLT): "mclt-error", int(Reject.HASH_BUCKETS): "hba-error"}


class MismatchReports:
    """Writes the reports of one endpoint."""

    def __init__(self, settings: PairSettings, outbox: Outbox) -> None:
        self._settings = settings
        self._outbox = outbox

    def refused(self, reason: int, text: str) -> None:
        """Report that a connection was refused, by either server."""
        if reason == Reject.TIME_MISMATCH:
            self._outbox.log(TIME_SKEW, pair=self._settings.name, difference=text)
        else:
            self.mismatch(text, _ERROR_KINDS.get(reason, "config-error"))

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
