"""Checks of trap recipients and of free-address thresholds over several attributes."""

from collections.abc import Iterator

from dhcpserver.config.classes.trap_recipient import TrapRecipient
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from snmp.security.access import User, fault_of

_FIELDS = {
    "name": "user",
    "auth": "auth-protocol",
    "auth_key": "auth-key",
    "priv": "priv-protocol",
    "priv_key": "priv-key",
}
"""Attributes of a recipient by the fields of an SNMPv3 user."""


def snmp_user(recipient: TrapRecipient) -> User:
    """Return the SNMPv3 user of a recipient."""
    return User(
        recipient.user or "",
        recipient.auth_protocol,
        recipient.auth_key.get_secret_value(),
        recipient.priv_protocol,
        recipient.priv_key.get_secret_value(),
    )


def check_recipients(configuration: Configuration) -> Iterator[tuple[Location, str]]:
    """Yield the faults of recipients that could never get a trap."""
    for index, recipient in enumerate(configuration.trap_recipient):
        place: Location = ("trap-recipient", index)
        if recipient.version == "v3":
            if recipient.user is None:
                yield (*place, "user"), "version v3 needs a user"
            elif (fault := fault_of(snmp_user(recipient))) is not None:
                yield (*place, _FIELDS[fault[0]]), fault[1]
            if "community" in recipient.model_fields_set:
                yield (*place, "community"), "version v3 has a user, not a community"
        else:
            for field in ("user", "auth_protocol", "auth_key", "priv_protocol", "priv_key"):
                if field in recipient.model_fields_set:
                    yield (*place, field.replace("_", "-")), f'it needs version = "v3", not {recipient.version}'
        if recipient.version == "v1" and recipient.inform:
            yield (*place, "inform"), "SNMPv1 has no informs: set version to v2c or v3"


def check_thresholds(configuration: Configuration) -> Iterator[tuple[Location, str]]:
    """Yield thresholds that contradict each other, and scopes that name an unknown `addr-trap`."""
    for index, threshold in enumerate(configuration.addr_trap):
        if threshold.low_threshold > threshold.high_threshold:
            yield ("addr-trap", index, "low-threshold"), "the low threshold is above the high one"
    known = {threshold.name for threshold in configuration.addr_trap}
    for index, scope in enumerate(configuration.scope):
        name = scope.free_address_config
        if name is not None and name not in known:
            there_are = ", ".join(sorted(known)) or "none"
            yield ("scope", index, "free-address-config"), f"there is no addr-trap {name!r} (there are: {there_are})"
