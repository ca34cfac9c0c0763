"""Log lines and notifications about the endpoint's state and its partner. All their texts are here."""

from dhcpserver.failover.link.connection import Connection
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.state.safeperiod import SafePeriod
from dhcpserver.failover.states import State


class Notices:
    """Writes the texts. A loss of contact sends one notification, and the next contact another."""

    def __init__(self, settings: PairSettings, safe_period: SafePeriod, outbox: Outbox) -> None:
        self._settings = settings
        self._safe_period = safe_period
        self._outbox = outbox
        self._alarmed = False
        self._pair = f"Failover pair '{settings.name}'"

    def started(self) -> None:
        """04092: the failover configuration at the start."""
        settings, safe_period = self._settings, self._safe_period
        names = (settings.local_name, settings.partner_name)
        main, backup = names if settings.main else names[::-1]
        self._outbox.log(
            4092,
            "Info",
            f"Failover is enabled server-wide. Main server name: '{main}', backup server name: '{backup}', "
            f"mclt = {settings.mclt}, backup-pct = {settings.backup_pct}, "
            f"dynamic-bootp-backup-pct = {settings.dynamic_bootp_backup_pct}, "
            f"use-safe-period: {'enabled' if safe_period.in_use else 'disabled'}, "
            f"safe-period = {safe_period.seconds}.",
        )

    def state_changed(self, old: State, new: State, reason: str, partner: State | None) -> None:
        """18100: every change of state."""
        self._outbox.log(
            18100,
            "Info",
            f"{self._pair} ({self._settings.role}): state {old.value} -> {new.value}, reason {reason}, "
            f"partner state {partner.value if partner else 'unknown'}.",
        )

    def contact_lost(self, cause: str) -> None:
        """18101: contact was lost, or there was none since the start."""
        settings = self._settings
        ends = f"ends in {self._safe_period.seconds} s" if self._safe_period.in_use else "is not used"
        partner = settings.partner_name or str(settings.partner_address or settings.partner_address6 or "")
        self._outbox.log(
            18101, "Warning", f"{self._pair}: contact with partner {partner} lost ({cause}); safe period {ends}."
        )
        if not self._alarmed:
            self._alarmed = True
            self._send_trap("other-server-not-responding")

    def contact_established(self, connection: Connection, now: float) -> None:
        """18102: communications are OK."""
        family = "IPv6" if connection.transport == "ipv6" else "IPv4"
        self._outbox.log(
            18102,
            "Info",
            f"{self._pair}: contact with partner established over {family} from {connection.local} to "
            f"{connection.remote} in {1000 * (now - connection.since):.0f} ms.",
        )
        if self._alarmed:
            self._alarmed = False
            self._send_trap("other-server-responding")

    def safe_period_over(self, usable_in: float) -> None:
        """18104: PARTNER-DOWN was entered automatically. `usable_in` is in seconds."""
        self._outbox.log(
            18104,
            "Warning",
            f"{self._pair} entered PARTNER-DOWN automatically after safe period {self._safe_period.seconds} s; "
            f"partner pool usable in {usable_in:.0f} s.",
        )

    def safe_period_switched(self, operator: str) -> None:
        """18120: an operator switched the safe period on or off, until the next start."""
        switched = "on" if self._safe_period.in_use else "off"
        self._outbox.log(18120, "Warning", f"{self._pair}: safe period switched {switched} by operator {operator}.")

    def safe_period_set(self, operator: str) -> None:
        """18124: an operator changed the length of the safe period, until the next start."""
        self._outbox.log(
            18124,
            "Warning",
            f"{self._pair}: safe period set to {self._safe_period.seconds} s by operator {operator}.",
        )

    def stopped_in_recover(self) -> None:
        """18121: a forced stop in RECOVER."""
        self._outbox.log(
            18121, "Warning", f"{self._pair} is stopped in RECOVER; the partner has to send its leases again."
        )

    def partner_set_down(self, operator: str, date: float, source: str) -> None:
        """18105: an operator set the partner down. `date` is Unix seconds, `source` is where it is from."""
        self._outbox.log(
            18105,
            "Warning",
            f"{self._pair} entered PARTNER-DOWN by operator {operator}, partner last operational {int(date)} "
            f"({source}).",
        )

    def recover_wait(self, seconds: float, failed: int, mclt: int) -> None:
        """18114: RECOVER-WAIT, and how long it lasts."""
        self._outbox.log(
            18114,
            "Info",
            f"Waiting MCLT: {seconds:.0f} s left (time of failure {failed} + {mclt}).",
        )

    def older_copy(self) -> None:
        """18127: this server's store is an older copy."""
        self._outbox.log(
            18127,
            "Error",
            f"{self._pair}: the store of this server is an older copy: the partner has received later leases from it. "
            "This server requests all leases and serves no client until MCLT has passed.",
        )
        settings = self._settings
        self._outbox.trap(
            "failover-config-mismatch",
            pair=settings.name,
            error="internal-error",
            text="the store of this server is an older copy",
            partner_name=settings.partner_name,
            partner_address=settings.partner_address,
            partner_address6=settings.partner_address6,
        )

    def _send_trap(self, name: str) -> None:
        settings = self._settings
        self._outbox.trap(
            name,
            pair=settings.name,
            role=settings.role,
            partner_name=settings.partner_name,
            partner_address=settings.partner_address,
            partner_address6=settings.partner_address6,
        )
