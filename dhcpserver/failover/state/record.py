"""The stored record of an endpoint: what it needs after a restart, beside the leases (RFC 8156 section 8.2).

The record is stored at every change of state and, as a heartbeat, every ten seconds. After an outage, the time of the
last heartbeat shows whether the partner took over before or after this server failed.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import Any

from dhcpserver.failover.states import State

SCHEMA = 1


class RecordError(ValueError):
    """A stored record cannot be read. The text has the field, what was found and what is expected."""


@dataclass(frozen=True, slots=True)
class FailoverRecord:
    """The stored fields. Times are Unix seconds, 0 for never.

    Attributes:
        state, since: the endpoint's state; never STARTUP, PAUSED or SHUTDOWN, but the state to resume.
        previous: the state before it.
        cause: what led to the state, a word of StateCause; empty if it is not known.
        partner_state, partner_since: the partner's last report.
        partner_uid: the partner's server uid; empty if it is unknown or the partner is foreign.
        main: this server's role when the record was stored; a record of the other role is not used (R-205).
        ever_communicated: whether communications with the partner were ever OK.
        last_contact: when the last message of the partner arrived.
        last_operational: when this server last ran.
        interrupted_since: start of the present loss of contact.
        partner_down_time: in PARTNER-DOWN, the time from which MCLT is counted.
        partner_down_entered: when PARTNER-DOWN was entered.
        automatic: in PARTNER-DOWN, whether the safe period led to it.
        time_of_failure: in RECOVER and RECOVER-WAIT, the time from which MCLT is counted.
        recover_all: in RECOVER, whether all leases must be requested.
        start: the number of this server's last start; see `link.startnumber`.
        contact_start, contact_number: the last start in which this server had contact, and the greatest number of a
            change that was stored when that start had ended; 0 while it goes on.
        acked_start, acked_number: the greatest number of a change that the partner acknowledged, as the leases have it.
        partner_start, partner_number: the partner's last start, and the last update received in it. The leases have
            that number too, with every update, and this record now and then.
        waited_for: the failover-recover value that was already used.
        mclt: the largest MCLT of leases that may still be active.
        mclt_until: when the last lease under an MCLT larger than the present one ends; 0 while unknown.
        remark: whether all leases are still to be marked as not sent to the partner.
        out_of_relationship: since when failover is off here; 0 while it is on.
        exchanged: whether the roles were exchanged, and this main has not received all leases that the old main gave,
            or the partner has not acknowledged all shares that this backup gave away as the main.
        probe_until: until when addresses are probed before they are given to a new client; 0 for not at all.
    """

    state: State
    since: int
    main: bool
    previous: State | None = None
    cause: str = ""
    partner_state: State | None = None
    partner_since: int = 0
    partner_uid: bytes = b""
    ever_communicated: bool = False
    last_contact: int = 0
    last_operational: int = 0
    interrupted_since: int = 0
    partner_down_time: int = 0
    partner_down_entered: int = 0
    automatic: bool = False
    time_of_failure: int = 0
    recover_all: bool = False
    waited_for: int = 0
    mclt: int = 0
    mclt_until: int = 0
    remark: bool = False
    out_of_relationship: int = 0
    exchanged: bool = False
    probe_until: int = 0
    start: int = 0
    contact_start: int = 0
    contact_number: int = 0
    acked_start: int = 0
    acked_number: int = 0
    partner_start: int = 0
    partner_number: int = 0

    @classmethod
    def recovering(cls, main: bool, now: int) -> "FailoverRecord":
        """Return the record of a server whose stored record cannot be read: it has to ask its partner for everything.

        It may have been in any state until now, so MCLT is counted from now (R-196).
        """
        return cls(
            State.RECOVER,
            now,
            main,
            ever_communicated=True,
            last_operational=now,
            time_of_failure=now,
            recover_all=True,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the record as a dictionary of JSON values."""
        values = asdict(self)
        for name, value in values.items():
            if isinstance(value, State):
                values[name] = value.value
            elif isinstance(value, bytes):
                values[name] = value.hex()
        return {"schema": SCHEMA} | values

    @classmethod
    def from_json(cls, content: object) -> "FailoverRecord":
        """Return the record that `as_json` converted. Raises RecordError."""
        if not isinstance(content, Mapping):
            raise RecordError(f"failover record is {type(content).__name__}; expected an object")
        if content.get("schema") != SCHEMA:
            raise RecordError(f"failover record has schema {content.get('schema')!r}; expected {SCHEMA}")
        values: dict[str, Any] = {}
        for field in fields(cls):
            if field.name in content:
                values[field.name] = _value(field.name, content[field.name])
        for name in ("state", "since", "main"):
            if values.get(name) is None:
                raise RecordError(f"failover record has no {name}")
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Store:
    """The effect that replaces the stored record."""

    record: FailoverRecord


_STATES = frozenset(("state", "previous", "partner_state"))
_FLAGS = frozenset(("main", "ever_communicated", "recover_all", "remark", "automatic", "exchanged"))


def _value(name: str, value: object) -> object:
    if name in _STATES:
        if value is None and name != "state":
            return None
        try:
            return State(value)
        except ValueError:
            raise RecordError(f"failover record: {name} is {value!r}; expected a state's name") from None
    if name in _FLAGS:
        if not isinstance(value, bool):
            raise RecordError(f"failover record: {name} is {value!r}; expected true or false")
        return value
    if name == "cause":
        if not isinstance(value, str):
            raise RecordError(f"failover record: {name} is {value!r}; expected a word")
        return value
    if name == "partner_uid":
        with suppress(ValueError):
            if isinstance(value, str):
                return bytes.fromhex(value)
        raise RecordError(f"failover record: {name} is {value!r}; expected hexadecimal digits")
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 0xFFFFFFFF:
        raise RecordError(f"failover record: {name} is {value!r}; expected seconds, 0 to 4294967295")
    return value
