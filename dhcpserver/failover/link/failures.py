"""Why a connection ended or was not established, as a word: rules of a console read it instead of the text."""

from collections.abc import Mapping

from dhcpserver.contract.words import LinkFailureCause
from dhcpserver.wire.failover4 import Reject

_CAUSES: Mapping[int, LinkFailureCause] = {
    Reject.TIME_MISMATCH: LinkFailureCause.SKEW,
    Reject.INVALID_MCLT: LinkFailureCause.MCLT,
    Reject.INVALID_PARTNER: LinkFailureCause.RELATIONSHIP,
    Reject.TLS_UNSUPPORTED: LinkFailureCause.TLS,
    Reject.TLS_UNCONFIGURED: LinkFailureCause.TLS,
    Reject.TLS_REQUIRED: LinkFailureCause.TLS,
    Reject.DIGEST_UNSUPPORTED: LinkFailureCause.DIGEST,
    Reject.DIGEST_UNCONFIGURED: LinkFailureCause.DIGEST,
    Reject.DIGEST_FAILURE: LinkFailureCause.DIGEST,
    Reject.MISSING_DIGEST: LinkFailureCause.DIGEST,
    Reject.VERSION_MISMATCH: LinkFailureCause.VERSION,
    Reject.NO_TRAFFIC: LinkFailureCause.NO_TRAFFIC,
    Reject.HASH_BUCKETS: LinkFailureCause.BUCKETS,
    Reject.DUPLICATE_CONNECTION: LinkFailureCause.REPLACED,
}


def cause_of(reason: int | None) -> LinkFailureCause:
    """Return the cause for a reject reason of either server; CLOSED for one that says nothing more."""
    return LinkFailureCause.CLOSED if reason is None else _CAUSES.get(reason, LinkFailureCause.CLOSED)
