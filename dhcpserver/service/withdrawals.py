"""The answer to a client whose address the configuration gives it no more: reserved for another client, or in no range.

By the policy's `withdrawn-leases` it gets a NAK, or the rest of its lease without an extension.
"""

from ipaddress import IPv4Address

from dhcpserver.contract import messages
from dhcpserver.leases.lease import FOREVER
from dhcpserver.service import replies
from dhcpserver.service.notices import Notices
from dhcpserver.service.plan import PoolPlan
from dhcpserver.service.query import Query, Reply


class Withdrawals:
    """Makes the answers, and reports them."""

    __slots__ = ("_notices",)

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    def answer(
        self, query: Query, plan: PoolPlan, address: int, end: int, reason: str, now: float
    ) -> tuple[str, Reply]:
        """Return the name of the answer and the answer. `end`: of the client's lease, 0 if it has none here.

        A lease without an end is never waited for.
        """
        rest = 0 if end == FOREVER else end - int(now)
        waits = plan.expire_withdrawn and rest > 0
        message = messages.NOT_EXTENDED if waits else messages.MUST_LEAVE
        who = query.hardware[1:].hex(":")
        self._notices.tell(message, address, now, client=who, address=IPv4Address(address), reason=reason)
        if waits:
            return "DHCPACK", replies.ack(query, plan, address, rest)
        return "DHCPNAK", replies.nak(query, reason)
