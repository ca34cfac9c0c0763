"""What works beside the turns of a server: its extensions, LDAP, and DNS updates."""

from collections.abc import Callable, Iterable
from pathlib import Path

from dhcpserver.config.objects import Configuration
from dhcpserver.failover.effects import LogLine
from dhcpserver.runtime.dnsupdates import DnsUpdates
from dhcpserver.runtime.extensions import FOLDER, ExtensionProcess
from dhcpserver.runtime.ldapdirectory import LdapDirectory
from dhcpserver.service.consulting import Asked, Finding, Question
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
        self._ldap = LdapDirectory(configuration, report)
        self.dns = DnsUpdates(configuration, log)

    async def open(self) -> None:
        """Start them."""
        await self._extensions.open()

    def ask(self, questions: Iterable[Question], changes: Iterable[DnsChange]) -> None:
        """Send the questions and the DNS changes of a turn."""
        for question in questions:
            if question.of is Asked.EXTENSIONS:
                self._extensions.ask(question)
            else:
                self._ldap.ask(question)
        self.dns.send(changes)

    async def close(self) -> None:
        """End them."""
        await self._extensions.close()
        await self._ldap.close()
        await self.dns.close()
