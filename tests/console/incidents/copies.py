"""The configuration of a simulated host, as far as actions change it: failover and the roles."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from dhcpserver.config.editing.difference import difference
from dhcpserver.config.editing.edits import Draft
from dhcpserver.config.sync.change import Document
from dhcpserver.runtime.configuration import Staged
from tests.console.scenes import BACKUP, MAIN

if TYPE_CHECKING:
    from tests.simulation.host import Host


class MachineCopies:
    """What `dhcpserver.runtime.configuration.Copies` is to a real server; a change is read at the next start."""

    def __init__(self, host: "Host") -> None:
        self._host = host

    def _document(self) -> Document:
        (pair,) = self._host.site.configuration(self._host.main).failover_pair
        given = {"name": pair.name, "main": pair.main, "backup": pair.backup, "failover": pair.failover}
        return {"cluster": [{"name": MAIN}, {"name": BACKUP}], "failover-pair": [given]}

    async def change(self, edit: Callable[[Draft], object]) -> Staged:
        """Change the site of the host."""
        before = self._document()
        draft = Draft(before)
        edit(draft)
        (changed,) = draft.objects("failover-pair")
        values = {"swapped": changed["main"] == BACKUP, "failover": changed["failover"]}
        self._host.site = replace(self._host.site, **values)
        return Staged(difference(before, draft.document), (), "")
