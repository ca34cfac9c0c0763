"""The STATE message that this server sends."""

from dhcpserver.failover.codec import STARTUP_FLAG, StateReport, Vendor
from dhcpserver.failover.link.handshake import Peer
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State


def state_report(
    xid: int,
    state: State,
    since: int,
    *,
    starting: bool,
    peer: Peer | None,
    record: FailoverRecord,
    last_contact: float,
    older_copy: bool = False,
) -> StateReport:
    """Return the STATE message for a state that began at `since`.

    `starting`: whether this server is in STARTUP; `state` is then the state that it resumes. A Pairwatch partner gets
    the vendor options as well. `older_copy`: whether the partner's store is an older copy.
    """
    vendor = None
    if peer is not None and not peer.foreign:
        vendor = Vendor(
            communicated=int(record.ever_communicated),
            last_contact=int(last_contact),
            partner_down_time=record.partner_down_time if state is State.PARTNER_DOWN else None,
            older_copy=1 if older_copy else None,
        )
    return StateReport(xid, 0, state.number, STARTUP_FLAG if starting else 0, since, vendor)
