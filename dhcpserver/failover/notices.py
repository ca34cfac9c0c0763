"""What an endpoint says to people about its state and its partner: log lines and notifications, in one place."""

from dhcpserver.failover.link import Link
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State


class Notices:
    """The texts. Notifications about the partner are sent when its condition changes, not while it lasts."""

    def __init__(self, settings: PairSettings, outbox: Outbox) -> None:
        self._settings = settings
        self._outbox = outbox
        self._alarmed = False
        self._pair = f"Failover pair '{settings.name}'"

    def started(self) -> None:
        """04092: what failover was configured with."""
        settings = self._settings
        names = (settings.local_name, settings.partner_name)
        main, backup = names if settings.main else names[::-1]
        self._outbox.log(
            4092,
            "Info",
            f"Failover is enabled server-wide. Main server name: '{main}', backup server name: '{backup}', "
            f"mclt = {settings.mclt}, backup-pct = {settings.backup_pct}, "
            f"dynamic-bootp-backup-pct = {settings.dynamic_bootp_backup_pct}, "
            f"use-safe-period: {'enabled' if settings.use_safe_period else 'disabled'}, "
            f"safe-period = {settings.safe_period}.",
        )

    def moved(self, old: State, new: State, reason: str, partner: State | None) -> None:
        """18100: every change of state."""
        self._outbox.log(
            18100,
            "Info",
            f"{self._pair} ({self._settings.role}): state {old.value} -> {new.value}, reason {reason}, "
            f"partner state {partner.value if partner else 'unknown'}.",
        )

    def lost(self, cause: str) -> None:
        """18101: contact was lost, or did not come about at start."""
        settings = self._settings
        ends = f"ends in {settings.safe_period} s" if settings.use_safe_period else "is not used"
        partner = settings.partner_name or str(settings.partner_address or settings.partner_address6 or "")
        self._outbox.log(
            18101, "Warning", f"{self._pair}: contact with partner {partner} lost ({cause}); safe period {ends}."
        )
        if not self._alarmed:
            self._alarmed = True
            self._trap("other-server-not-responding")

    def found(self, link: Link, now: float) -> None:
        """18102: communications are OK."""
        family = "IPv6" if link.transport == "ipv6" else "IPv4"
        self._outbox.log(
            18102,
            "Info",
            f"{self._pair}: contact with partner established over {family} from {link.local} to {link.remote} in "
            f"{1000 * (now - link.since):.0f} ms.",
        )
        if self._alarmed:
            self._alarmed = False
            self._trap("other-server-responding")

    def safe_period_over(self, usable_in: float) -> None:
        """18104: PARTNER-DOWN by itself."""
        self._outbox.log(
            18104,
            "Warning",
            f"{self._pair} entered PARTNER-DOWN automatically after safe period {self._settings.safe_period} s; "
            f"partner pool usable in {usable_in:.0f} s.",
        )

    def safe_period_switched(self, use: bool, operator: str) -> None:
        """18120: an operator switched the safe period, until the next start."""
        self._outbox.log(
            18120, "Warning", f"{self._pair}: safe period switched {'on' if use else 'off'} by operator {operator}."
        )

    def safe_period_set(self, seconds: int, operator: str) -> None:
        """18124: an operator made the safe period another length, until the next start."""
        self._outbox.log(18124, "Warning", f"{self._pair}: safe period set to {seconds} s by operator {operator}.")

    def stopped_recovering(self) -> None:
        """18121: a stop that was forced."""
        self._outbox.log(
            18121, "Warning", f"{self._pair} is stopped in RECOVER; the partner has to send its leases again."
        )

    def set_down(self, operator: str, date: float, source: str) -> None:
        """18105: PARTNER-DOWN by an operator."""
        self._outbox.log(
            18105,
            "Warning",
            f"{self._pair} entered PARTNER-DOWN by operator {operator}, partner last operational {int(date)} "
            f"({source}).",
        )

    def waiting(self, seconds: float, failed: int, mclt: int) -> None:
        """18114: RECOVER-WAIT."""
        self._outbox.log(
            18114,
            "Info",
            f"Waiting MCLT: {seconds:.0f} s left (time of failure {failed} + {mclt}).",
        )

    def _trap(self, name: str) -> None:
        settings = self._settings
        self._outbox.trap(
            name,
            pair=settings.name,
            role=settings.role,
            partner_name=settings.partner_name,
            partner_address=settings.partner_address,
            partner_address6=settings.partner_address6,
        )
