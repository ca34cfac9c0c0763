"""dhcpd's numbers for its states, as its words and as phases of the picture (failover-state in dhcpd(8) and OMAPI)."""

from collections.abc import Mapping

from console.model.phases import Phase

STATES: Mapping[int, tuple[str, Phase]] = {
    0: ("unknown-state", Phase.UNKNOWN),
    1: ("startup", Phase.STARTING),
    2: ("normal", Phase.NORMAL),
    3: ("communications-interrupted", Phase.ALONE),
    4: ("partner-down", Phase.TAKEN_OVER),
    5: ("potential-conflict", Phase.CONFLICT),
    6: ("recover", Phase.RETURNING),
    7: ("paused", Phase.PAUSED),
    8: ("shutdown", Phase.LEFT),
    9: ("recover-done", Phase.RETURNED),
    10: ("resolution-interrupted", Phase.CONFLICT_ALONE),
    11: ("conflict-done", Phase.CONFLICT_RESOLVED),
    254: ("recover-wait", Phase.RETURN_WAIT),
}
PARTNER_DOWN = 4
ROLES: Mapping[int, str] = {0: "main", 1: "backup"}
"""The attribute hierarchy: primary and secondary."""

CONTACT: Mapping[Phase, bool] = {
    Phase.NORMAL: True,
    Phase.CONFLICT: True,
    Phase.CONFLICT_RESOLVED: True,
    Phase.ALONE: False,
    Phase.CONFLICT_ALONE: False,
}
"""What a state implies about contact with the partner. dhcpd reports no more about it: in all other states it may be in
contact or not."""
