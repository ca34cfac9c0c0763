"""Events of failover connections, given to the endpoint in their order."""

from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.service.turn import DialFailed, LinkData, LinkDown, LinkEvent, LinkUp


def deliver(endpoint: Endpoint, event: LinkEvent, now: float) -> None:
    """Give one event to the endpoint."""
    if isinstance(event, LinkData):
        endpoint.link_data(event.connection, event.octets, now)
    elif isinstance(event, LinkUp):
        endpoint.link_up(
            event.connection,
            now,
            outbound=event.outbound,
            transport=event.transport,
            local=event.local,
            remote=event.remote,
            secured=event.secured,
        )
    elif isinstance(event, LinkDown):
        endpoint.link_down(event.connection, now, event.cause)
    elif isinstance(event, DialFailed):
        endpoint.dial_failed(now, event.cause, event.failure)
