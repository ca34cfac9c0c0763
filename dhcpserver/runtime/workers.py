"""What works beside the turns of a server: the process of its extensions, and what sends DNS updates."""

from collections.abc import Callable, Iterable
from pathlib import Path

from dhcpserver.config.objects import Configuration
from dhcpserver.failover.effects import LogLine
from dhcpserver.runtime.dnsupdates import DnsUpdates
from dhcpserver.runtime.extensions import FOLDER, ExtensionProcess
from dhcpserver.service.consulting import Finding, Question
from dhcpserver.service.dns.follower import DnsChange


class Workers:
    """The workers of one server. `report` gets every answer, in the event loop; `log` writes lines into its log.

    Attributes:
        dns: what sends DNS updates.
    """

    def __init__(
        self,
        configuration: Configuration,
        folder: Path,
        report: Callable[[Finding], None],
        log: Callable[[float, list[LogLine]], None],
    ) -> None:
        self._extensions = ExtensionProcess(configuration, folder / FOLDER, report)
        self.dns = DnsUpdates(configuration, log)

    async def open(self) -> None:
        """Start them."""
        await self._extensions.open()

    def ask(self, questions: Iterable[Question], changes: Iterable[DnsChange]) -> None:
        """Send the questions and the DNS changes of a turn."""
        for question in questions:
            self._extensions.ask(question)
        self.dns.send(changes)

    async def close(self) -> None:
        """End them."""
        await self._extensions.close()
        await self.dns.close()
