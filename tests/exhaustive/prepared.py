"""Worlds that show errors of the product within a few moves: searches from a prepared state (`Small.prepared`).

A search from the beginning reaches only short courses of events. Each of these worlds begins where a kind of error can
show: a lease that was renewed and then extended without the partner's record, a server that lost its last changes, two
servers that were apart. `tests.simulation.mutants --states` searches them for each error of its list, and
docs/mutation.md has which world finds which error. The product has no violation in them (`test_prepared.py`).
"""

from dataclasses import replace

from dhcpserver.leases.keys import Kind
from tests.exhaustive.small import Fault, Small

_ANSWERED = 2
"""The crash after the client was answered, before the partner is sent anything (`world.CrashPoint`)."""
WAIT = ("wait",)
_RENEWED = (("acquire", 0, 0), WAIT, WAIT, ("acquire", 0, 0), *(WAIT,) * 6, ("silence",))
"""A lease of 200 s that the partner has with a potential of 100 s more; then nothing arrives any more."""


def _extended(name: str, server: int, **more: int) -> Small:
    return Small(
        name,
        addresses=1,
        clients=2,
        tick=30,
        lease_time=200,
        releases=False,
        budget=2,
        faults=frozenset((Fault.SILENCE, Fault.PARTNER_DOWN)),
        prepared=(*_RENEWED, ("renew", 0, server), *(WAIT,) * 3),
    )


EXTENDED_BY_BACKUP = _extended("extended by the backup", 1)
EXTENDED_BY_MAIN = _extended("extended by the main", 0)
TAKEOVER = Small(
    "takeover",
    addresses=1,
    clients=2,
    releases=False,
    budget=2,
    faults=frozenset((Fault.CRASH_IN_TURN, Fault.PARTNER_DOWN)),
    prepared=(("acquire", 0, 0, _ANSWERED),),
)
APART = Small(
    "apart",
    addresses=1,
    clients=2,
    lease_time=120,
    budget=1,
    faults=frozenset((Fault.CUT,)),
    prepared=(("acquire", 0, 0), WAIT, ("acquire", 0, 0), ("cut",), WAIT),
)
APART_EARLY = Small(
    "apart early",
    addresses=1,
    clients=2,
    tick=30,
    budget=1,
    faults=frozenset((Fault.CUT,)),
    prepared=(("acquire", 0, 0), ("cut",)),
)
LOST_UPDATE = Small(
    "lost update",
    addresses=2,
    clients=3,
    releases=False,
    budget=2,
    faults=frozenset((Fault.CRASH_IN_TURN, Fault.OLD_COPY)),
    prepared=(("save", 0), ("acquire", 0, 0), ("acquire", 1, 0, _ANSWERED), ("old copy", 0)),
)
OLDER_COPY = Small(
    "older copy",
    addresses=1,
    clients=2,
    lease_time=300,
    releases=False,
    faults=frozenset((Fault.OLD_COPY,)),
    prepared=(("save", 0), ("acquire", 0, 0), WAIT, ("acquire", 0, 0), ("old copy", 0)),
)
LOST_DISK = Small(
    "lost disk",
    addresses=1,
    clients=2,
    lease_time=300,
    releases=False,
    faults=frozenset((Fault.LOST_DISK,)),
    prepared=(("acquire", 0, 0), WAIT, ("acquire", 0, 0), ("lose disk", 0)),
)
LOST_DISKS_WINDOW = Small(
    "lost disk, one update at a time",
    addresses=2,
    clients=3,
    lease_time=300,
    releases=False,
    packetwise=True,
    unacknowledged=1,
    faults=frozenset((Fault.LOST_DISK,)),
    prepared=(("acquire", 0, 0), WAIT, ("acquire", 1, 0), ("lose disk", 0), ("start", 0)),
)
STARTING = Small(
    "starting",
    addresses=1,
    clients=2,
    tick=30,
    releases=False,
    budget=2,
    faults=frozenset((Fault.CUT, Fault.CRASH)),
    prepared=(("acquire", 0, 0), WAIT, ("cut",), ("crash", 0)),
)
BALANCED = Small("balanced", addresses=2, clients=3, releases=False, load_balancing=True)
BOOTP = Small(
    "dynamic BOOTP",
    addresses=1,
    clients=1,
    releases=False,
    budget=2,
    dynamic_bootp=True,
    faults=frozenset((Fault.CRASH, Fault.PARTNER_DOWN)),
    prepared=(("crash", 0), ("partner down", 1)),
)
UNSENT = Small(
    "unsent renewal",
    addresses=1,
    clients=1,
    lease_time=7200,
    releases=False,
    prepared=(("acquire", 0, 0), WAIT, ("acquire", 0, 0, _ANSWERED)),
)
"""The lease ends after the time within which a pair must recover, so that its end cannot make the records equal."""
IN_FLIGHT = Small(
    "renewal in flight",
    addresses=1,
    clients=1,
    lease_time=7200,
    releases=False,
    packetwise=True,
    faults=frozenset((Fault.CUT,)),
    prepared=(("acquire", 0, 0), ("deliver", 1), ("deliver", 0), WAIT, ("acquire", 0, 0), ("cut",)),
)
TWO_TAKEOVERS = Small(
    "two takeovers",
    addresses=1,
    clients=2,
    lease_time=120,
    releases=False,
    use_safe_period=True,
    faults=frozenset((Fault.CUT,)),
    prepared=(("acquire", 0, 0), WAIT, ("acquire", 0, 0), ("cut",), WAIT, WAIT),
)
PARITY_APART = Small(
    "parity apart",
    kind=Kind.ADDRESS6,
    addresses=2,
    clients=2,
    lease_time=120,
    prepared=(("cut",), ("acquire", 0, 1), ("mend",), ("connect",), WAIT),
    budget=2,
    faults=frozenset((Fault.CUT, Fault.PARTNER_DOWN)),
)
"""The main renews or ends what the backup gave: an even address, which is the backup's again when it is free."""
PARITY_ENDS = Small(
    "end of parity",
    kind=Kind.ADDRESS6,
    addresses=2,
    clients=2,
    tick=30,
    packetwise=True,
    budget=2,
    faults=frozenset((Fault.CUT,)),
    prepared=(
        *(("cut",), ("deliver", 0), ("deliver", 1), ("acquire", 0, 1), ("mend",), WAIT),
        *(("renew", 0, 0), WAIT, ("release", 0, 0), ("deliver", 1), ("cut",), ("deliver", 0), ("deliver", 1)),
    ),
)
"""The main ends such a lease, and the acknowledgement of the backup is lost."""
PARITY_TAKEOVER = Small(
    "takeover of parity",
    kind=Kind.ADDRESS6,
    addresses=2,
    clients=2,
    releases=False,
    budget=3,
    faults=frozenset((Fault.CRASH, Fault.PARTNER_DOWN)),
    prepared=(("acquire", 0, 0), *(WAIT,) * 3, ("crash", 0), ("partner down", 1), *(WAIT,) * 2),
)
"""The backup is alone, MCLT is over, and a client returns that had an address of the main."""
PREFIX_EXTENDED = replace(EXTENDED_BY_BACKUP, name="prefix extended by the backup", kind=Kind.PREFIX)
PREFIX_APART = Small(
    "prefix apart",
    kind=Kind.PREFIX,
    addresses=2,
    clients=2,
    lease_time=120,
    budget=2,
    faults=frozenset((Fault.CUT, Fault.PARTNER_DOWN)),
    prepared=(("acquire", 0, 0), WAIT, ("acquire", 0, 0), ("cut",)),
)
PREFIX_LOST = Small(
    "prefix on a lost disk",
    kind=Kind.PREFIX,
    addresses=2,
    clients=2,
    lease_time=300,
    releases=False,
    faults=frozenset((Fault.LOST_DISK,)),
    prepared=(("acquire", 0, 0), WAIT, ("acquire", 0, 0), ("lose disk", 0)),
)

PREPARED = (
    TAKEOVER,
    STARTING,
    BALANCED,
    BOOTP,
    UNSENT,
    IN_FLIGHT,
    EXTENDED_BY_BACKUP,
    EXTENDED_BY_MAIN,
    APART,
    APART_EARLY,
    LOST_UPDATE,
    OLDER_COPY,
    LOST_DISK,
    LOST_DISKS_WINDOW,
    TWO_TAKEOVERS,
    PARITY_APART,
    PARITY_ENDS,
    PARITY_TAKEOVER,
    PREFIX_EXTENDED,
    PREFIX_APART,
    PREFIX_LOST,
)
