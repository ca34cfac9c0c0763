"""Everything that clients and relays send to: sockets of both families, and the listeners of bulk queries."""

from collections.abc import Callable, Mapping

from dhcpserver.config.objects import Configuration
from dhcpserver.runtime.bulklistener import Address, BulkListeners
from dhcpserver.runtime.listeners import Listeners
from dhcpserver.runtime.sockets import DhcpSocket, check_own_address
from dhcpserver.runtime.sockets6 import Listeners6, Socket6
from dhcpserver.service.bulk.session import BulkSession
from dhcpserver.service.core import Core

CoreOrReason = Core | str
"""The core that serves now, or why none does."""


class Reception:
    """All sockets for clients and relays.

    Attributes:
        v4, v6: the sockets of each family.
        queries: the listeners of bulk queries.
    """

    def __init__(
        self,
        readable: Callable[[DhcpSocket], None],
        readable6: Callable[[Socket6], None],
        changed: Callable[[Mapping[str, str | None]], None],
        serving: Callable[[], CoreOrReason],
        write_log: Callable[..., None],
        now: Callable[[], float],
    ) -> None:
        self.v4 = Listeners(readable, changed)
        self.v6 = Listeners6(readable6, changed)
        self._serving = serving
        self.queries = BulkListeners(self._admit, write_log, now)

    async def open(self, configuration: Configuration, core: Core) -> None:
        """Open every socket. Raises ListenerError."""
        self.v4.open(configuration.listener)
        for index in range(len(configuration.listener)):
            check_own_address(self.v4[index].arrival, core.book.pools.values())
        self.v6.open(configuration.listener6)
        await self.queries.open(configuration.leasequery_listener)

    def _admit(self, source: Address, own: Address) -> BulkSession | str:
        core = self._serving()
        if isinstance(core, str):
            return core
        plan = core.plan if source.version == 4 else core.plan6
        if not plan.leasequery_from(int(source)):
            return "it is not listed in leasequery-relays"
        return core.bulk_session(source.version, int(own))

    def close(self) -> None:
        """Close everything."""
        self.v4.close()
        self.v6.close()
        self.queries.close()
