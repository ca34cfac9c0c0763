"""dhcpd's failover-state object, with what its files have, as the facts of one pair.

The addresses of the object are not read: dhcpd 4.4 sends pointers of its own memory in their place. Its counters of
packets and its `skew` are always 0, and are not read either.
"""

from console.errors import NoSuchPair
from console.makes.documents import Misfits
from console.makes.fitting_counts import checked_counts
from console.makes.isc.omapi import Message, Values
from console.makes.isc.words import CONTACT, ROLES, STATES
from console.makes.plausible import LATEST_SECONDS
from console.model.facts import NO_CLOCK, PairFacts, PoolFacts
from console.model.phases import INTERRUPTED, RECOVERING, Phase

BUCKETS = 256
SAME_SECOND = 1.0
SKEW_LIMIT_SECONDS = 60.0
"""With clocks further apart dhcpd refuses the connection."""


def pair_facts(
    server: str, peer: str, state: Message | None, pools: tuple[PoolFacts, ...] | None, misfits: Misfits
) -> PairFacts:
    """The facts. Raises NoSuchPair without an object."""
    if state is None:
        raise NoSuchPair(f'the server has no failover peer "{peer}": set failover_peer to its name in dhcpd.conf')
    read = _Read(state.values, misfits)
    word, phase = read.state("local-state")
    partner_word, partner_phase = read.state("partner-state")
    since, partner_since = read.time("local-stos"), read.time("partner-stos")
    if phase is Phase.ALONE and since is not None and since <= (partner_since or 0.0) + SAME_SECOND:
        since = None  # It was started without contact: dhcpd keeps the time of the state before that.
    mclt = read.number("mclt") or None  # A secondary has 0 until the primary has sent it.
    hierarchy = read.number("hierarchy")
    role = ROLES.get(-1 if hierarchy is None else hierarchy, "")
    buckets = read.buckets()
    contact = CONTACT.get(phase)
    if contact is False and partner_phase in RECOVERING:
        contact = None  # It stays interrupted while a partner recovers that is in contact.
    taken_over = phase is Phase.TAKEN_OVER
    return PairFacts(
        at=NO_CLOCK,
        server=server,
        partner="",
        role=role,
        phase=phase,
        word=word,
        since=since,
        serves=True,
        partner_phase=None if partner_phase is Phase.UNKNOWN else partner_phase,
        partner_word=None if partner_phase is Phase.UNKNOWN else partner_word,
        partner_since=None if partner_phase is Phase.UNKNOWN else partner_since,
        contact=contact,
        contact_lost_at=since if phase in INTERRUPTED else None,
        mclt=None if mclt is None else float(mclt),
        partner_down_time=since if taken_over else None,
        partner_pool_usable_at=since + mclt if taken_over and since is not None and mclt is not None else None,
        load_balancing=None if buckets is None else 0 < buckets[0] < BUCKETS,
        buckets=buckets,
        unacked_updates=read.number("cur-unacked-updates"),
        max_unacked_updates=read.number("max-outstanding-updates"),
        recover_deadline=since + mclt
        if phase is Phase.RETURN_WAIT and since is not None and mclt is not None
        else None,
        skew_limit=SKEW_LIMIT_SECONDS,
        pools=None if pools is None else tuple(checked_counts(pool, misfits) for pool in pools),
        misfits=tuple(misfits.found),
    )


class _Read:
    """Reads attributes. One that does not fit is missing, and is reported."""

    def __init__(self, values: Values, misfits: Misfits) -> None:
        self._values = values
        self._misfits = misfits

    def number(self, name: str) -> int | None:
        value = self._values.get(name)
        if value is None:
            self._misfits.append(f"{name} is missing")
            return None
        if len(value) != 4:
            self._misfits.add(name, value, "not a number of 4 octets")
            return None
        return int.from_bytes(value)

    def time(self, name: str) -> float | None:
        """Unix seconds; None for 0, which dhcpd has where there was nothing."""
        value = self.number(name)
        return float(value) if value and value < LATEST_SECONDS else None

    def state(self, name: str) -> tuple[str, Phase]:
        value = self.number(name)
        if value is None:
            return "", Phase.UNKNOWN
        if value not in STATES:
            self._misfits.add(name, value, "a state without a meaning here")
            return f"state {value}", Phase.UNKNOWN
        return STATES[value]

    def buckets(self) -> tuple[int, int] | None:
        """The hash buckets of primary and secondary (`split` or `hba`); None without load balancing."""
        value = self._values.get("load-balance-hba")
        if value is None or len(value) * 8 != BUCKETS:
            return None
        primary = int.from_bytes(value).bit_count()
        return primary, BUCKETS - primary
