"""What an endpoint remembers over a restart, beside the leases (RFC 8156 section 8.2).

Stored at every change of state and, as a heartbeat, every ten seconds: when this server last worked decides, after an
outage, whether its partner took over before or after.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from dhcpserver.failover.states import State

SCHEMA = 1


class RecordError(ValueError):
    """A stored record that cannot be read: says which field, what was there and what is expected."""


@dataclass(frozen=True, slots=True)
class FailoverRecord:
    """The stored items. Times are Unix seconds, 0 for never.

    Attributes:
        state, since: the endpoint's; never STARTUP, PAUSED or SHUTDOWN, but what it resumes from.
        previous: the state before it.
        partner_state, partner_since: as last reported.
        partner_uid: the partner's server uid, empty when it is unknown or foreign.
        main: this server's role when it was stored; another role makes the record void (R-205).
        ever_communicated: whether the two ever talked.
        last_contact: when the partner was last heard.
        last_operational: when this server last worked.
        interrupted_since: start of the present loss of contact.
        partner_down_time: in PARTNER-DOWN, from when MCLT is counted.
        partner_down_entered: when PARTNER-DOWN began.
        automatic: in PARTNER-DOWN, whether it came by the safe period.
        time_of_failure: in RECOVER and RECOVER-WAIT, from when MCLT is counted.
        recover_all: in RECOVER, whether everything must be asked for.
        waited_for: the failover-recover value that was already acted on.
        mclt: the largest MCLT under which leases were given that may still run.
        mclt_until: when the last lease given under an MCLT larger than the present one is over; 0 while unknown.
        remark: every lease is to be marked as unknown to the partner, and that is not done yet.
        out_of_relationship: since when failover is off here; 0 while it is on.
    """

    state: State
    since: int
    main: bool
    previous: State | None = None
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

    def as_json(self) -> dict[str, Any]:
        """A dictionary that JSON can hold."""
        values = asdict(self)
        for name, value in values.items():
            if isinstance(value, State):
                values[name] = value.value
            elif isinstance(value, bytes):
                values[name] = value.hex()
        return {"schema": SCHEMA} | values

    @classmethod
    def from_json(cls, content: object) -> "FailoverRecord":
        """What `as_json` gave. Raises RecordError."""
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


_STATES = frozenset(("state", "previous", "partner_state"))
_FLAGS = frozenset(("main", "ever_communicated", "recover_all", "remark", "automatic"))


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
    if name == "partner_uid":
        try:
            return bytes.fromhex(value) if isinstance(value, str) else _refuse(name, value)
        except ValueError:
            _refuse(name, value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 0xFFFFFFFF:
        raise RecordError(f"failover record: {name} is {value!r}; expected seconds, 0 to 4294967295")
    return value


def _refuse(name: str, value: object) -> bytes:
    raise RecordError(f"failover record: {name} is {value!r}; expected hexadecimal digits")
