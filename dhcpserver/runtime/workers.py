"""What works beside the turns of a server: the process of its extensions."""

from collections.abc import Callable, Iterable
from pathlib import Path

from dhcpserver.config.objects import Configuration
from dhcpserver.runtime.extensions import FOLDER, ExtensionProcess
from dhcpserver.service.consulting import Finding, Question


class Workers:
    """The workers of one server. `report` gets every answer, in the event loop."""

    def __init__(self, configuration: Configuration, folder: Path, report: Callable[[Finding], None]) -> None:
        self._extensions = ExtensionProcess(configuration, folder / FOLDER, report)

    async def open(self) -> None:
        """Start them."""
        await self._extensions.open()

    def ask(self, questions: Iterable[Question]) -> None:
        """Send the questions of a turn."""
        for question in questions:
            self._extensions.ask(question)

    async def close(self) -> None:
        """End them."""
        await self._extensions.close()
