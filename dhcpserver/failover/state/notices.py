"""Log lines and notifications about the endpoint's state and its partner. The texts are in `contract.messages`."""

from dhcpserver.contract import messages
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

    def started(self) -> None:
        """The failover configuration at the start."""
        settings, safe_period = self._settings, self._safe_period
        names = (settings.local_name, settings.partner_name)
        main, backup = names if settings.main else names[::-1]
        self._outbox.log(
            messages.FAILOVER_ENABLED,
            main=main,
            backup=backup,
            mclt=settings.mclt,
            backup_pct=settings.backup_pct,
            dynamic_bootp_backup_pct=settings.dynamic_bootp_backup_pct,
            in_use="enabled" if safe_period.in_use else "disabled",
            safe_period=safe_period.seconds,
        )

    def state_changed(self, old: State, new: State, reason: str, partner: State | None) -> None:
        """Every change of state."""
        self._outbox.log(
            messages.STATE_CHANGED,
            pair=self._settings.name,
            role=self._settings.role,
            old=old.value,
            new=new.value,
            reason=reason,
            partner=partner.value if partner else "unknown",
        )

    def contact_lost(self, cause: str, *, counts: bool) -> None:
        """Contact was lost, or there was none since the start. `counts`: whether the safe period counts now."""
        settings = self._settings
        ends = f"ends in {self._safe_period.seconds} s" if counts else "does not count in this state"
        if not self._safe_period.in_use:
            ends = "is not used"
        partner = settings.partner_name or str(settings.partner_address or settings.partner_address6 or "")
        self._outbox.log(messages.CONTACT_LOST, pair=settings.name, partner=partner, cause=cause, ends=ends)
        if not self._alarmed:
            self._alarmed = True
            self._send_trap("other-server-not-responding")

    def contact_established(self, connection: Connection, now: float) -> None:
        """Communications are OK."""
        self._outbox.log(
            messages.CONTACT_ESTABLISHED,
            pair=self._settings.name,
            family="IPv6" if connection.transport == "ipv6" else "IPv4",
            local=connection.local,
            remote=connection.remote,
            ms=1000 * (now - connection.since),
        )
        if self._alarmed:
            self._alarmed = False
            self._send_trap("other-server-responding")

    def safe_period_over(self, usable_in: float) -> None:
        """PARTNER-DOWN was entered automatically. `usable_in` is in seconds."""
        self._outbox.log(
            messages.SAFE_PERIOD_OVER,
            pair=self._settings.name,
            seconds=self._safe_period.seconds,
            usable_in=usable_in,
        )

    def safe_period_switched(self, operator: str) -> None:
        """An operator switched the safe period on or off, until the next start."""
        switched = "on" if self._safe_period.in_use else "off"
        self._outbox.log(messages.SAFE_PERIOD_SWITCHED, pair=self._settings.name, switched=switched, operator=operator)

    def safe_period_set(self, operator: str) -> None:
        """An operator changed the length of the safe period, until the next start."""
        seconds = self._safe_period.seconds
        self._outbox.log(messages.SAFE_PERIOD_SET, pair=self._settings.name, seconds=seconds, operator=operator)

    def stopped_in_recover(self) -> None:
        """A forced stop in RECOVER."""
        self._outbox.log(messages.STOPPED_IN_RECOVER, pair=self._settings.name)

    def partner_set_down(self, operator: str, date: float, source: str) -> None:
        """An operator set the partner down. `date` is Unix seconds, `source` is where it is from."""
        self._outbox.log(
            messages.PARTNER_SET_DOWN, pair=self._settings.name, operator=operator, date=int(date), source=source
        )

    def probing(self, operator: str, until: int) -> None:
        """Addresses are probed, because leases of the partner may be unknown. `until` is Unix seconds."""
        self._outbox.log(messages.PROBING, pair=self._settings.name, operator=operator, until=until)

    def recover_wait(self, seconds: float, failed: int, mclt: int) -> None:
        """RECOVER-WAIT, and how long it lasts."""
        self._outbox.log(messages.WAITING_MCLT, seconds=seconds, failed=failed, mclt=mclt)

    def exchanged(self, seconds: float) -> None:
        """Log that this server was the backup before this start, and gives no new client an address for so long."""
        if seconds > 0:
            self._outbox.log(messages.ROLE_EXCHANGED, pair=self._settings.name, seconds=seconds)

    def partner_older_copy(self) -> None:
        """The partner's store is an older copy."""
        self._outbox.log(messages.PARTNER_OLDER_COPY, pair=self._settings.name)

    def older_copy(self) -> None:
        """This server's store is an older copy."""
        self._outbox.log(messages.OLDER_COPY, pair=self._settings.name)
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
