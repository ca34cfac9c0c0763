"""The causes that a Pairwatch server reports, as causes that rules read. No rule reads the words of a reason."""

from collections.abc import Mapping

from console.model.facts import LinkRefusal
from console.model.phases import Cause
from dhcpserver.contract.words import LinkFailureCause, StateCause

CAUSES: Mapping[str, Cause] = {
    StateCause.START: Cause.RESTART,
    StateCause.CONTACT: Cause.PARTNER,
    StateCause.STARTUP_OVER: Cause.RESTART,
    StateCause.CONTACT_LOST: Cause.PARTNER,
    StateCause.PARTNER_STATE: Cause.PARTNER,
    StateCause.OPERATOR: Cause.OPERATOR,
    StateCause.SAFE_PERIOD: Cause.TIMER,
    StateCause.UPDATES_DONE: Cause.PARTNER,
    StateCause.WAIT_OVER: Cause.TIMER,
    StateCause.LOST_RECORD: Cause.RESTART,
    StateCause.RESTORED_COPY: Cause.RESTART,
    StateCause.CONFIGURATION: Cause.RESTART,
    StateCause.STOP: Cause.RESTART,
}
"""Why a server entered its state."""

REFUSALS: Mapping[str, LinkRefusal] = {
    LinkFailureCause.SKEW: LinkRefusal.CLOCKS,
    LinkFailureCause.VERSION: LinkRefusal.CONFIGURATION,
    LinkFailureCause.RELATIONSHIP: LinkRefusal.CONFIGURATION,
    LinkFailureCause.MCLT: LinkRefusal.CONFIGURATION,
    LinkFailureCause.BUCKETS: LinkRefusal.CONFIGURATION,
}
"""Why a connection was refused; every other cause is OTHER."""


def cause_of(word: str | None) -> Cause:
    """The cause of a state; UNKNOWN where none is reported, or one that this version does not have."""
    return CAUSES.get(word or "", Cause.UNKNOWN)


def refusal_of(word: str | None) -> LinkRefusal:
    """The cause of a failed connection."""
    return REFUSALS.get(word or "", LinkRefusal.OTHER)
