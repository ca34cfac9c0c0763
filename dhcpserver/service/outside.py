"""What is asked outside of the core before a message is handled: the extensions, and a directory of clients."""

from collections.abc import Iterable, Iterator

from dhcpserver.config.objects import Configuration
from dhcpserver.service.clients import Clients
from dhcpserver.service.consulting import Ask, Consulting, Question, Ready
from dhcpserver.service.directory import Directory
from dhcpserver.service.extending import Extending
from dhcpserver.service.guidance import NO_GUIDANCE, Guidance, with_profile
from dhcpserver.service.notices import Notices
from dhcpserver.service.profile import Profile
from dhcpserver.service.query import Arrival, Query
from dhcpserver.service.turn import Inputs
from dhcpserver.service.v6.query import Arrival6, Query6
from dhcpserver.wire import dhcp4, dhcp6
from dhcpserver.wire.errors import WireError


class Outside:
    """The questions of one server.

    Attributes:
        extending: the extensions.
        directory: the LDAP servers.
        can_ask: whether there is a shell that asks; without one, messages are handled as configured.
    """

    def __init__(self, configuration: Configuration, clients: Clients, notices: Notices) -> None:
        self.extending = Extending(configuration, notices)
        self.directory = Directory(configuration, clients, notices)
        self.can_ask = False
        self._consulting = Consulting()

    @property
    def active(self) -> bool:
        """Whether anything is asked."""
        return self.can_ask and (self.extending.active or self.directory.active)

    def ready(self, inputs: Inputs, now: float) -> Iterator[Ready]:
        """Yield the messages that can be handled now: new ones, and those that have waited."""
        consulting = self._consulting
        yield from consulting.answered(inputs.findings)
        yield from consulting.due(now)
        for octets, arrival in inputs.packets:
            asks, known = self._about4(octets, arrival, now)
            found = consulting.ask(octets, arrival, asks, now, known)
            if found is not None:
                yield found
        for octets, arrival6 in inputs.packets6:
            asks, known = self._about6(octets, arrival6, now)
            found = consulting.ask(octets, arrival6, asks, now, known)
            if found is not None:
                yield found

    def _about4(self, octets: bytes, arrival: Arrival, now: float) -> tuple[list[Ask], Guidance]:
        try:
            query = Query(dhcp4.parse(octets), arrival)
        except WireError:
            return [], NO_GUIDANCE
        return self._about(self.directory.about(query.hardware, b"", now), self.extending.asks4(query, now))

    def _about6(self, octets: bytes, arrival: Arrival6, now: float) -> tuple[list[Ask], Guidance]:
        try:
            query = Query6(dhcp6.parse(octets), arrival)
        except WireError:
            return [], NO_GUIDANCE
        hardware = b"\1" + query.hardware if query.hardware else b""
        return self._about(self.directory.about(hardware, query.duid, now), self.extending.asks6(query, now))

    @staticmethod
    def _about(client: Ask | Profile | None, asks: Iterable[Ask]) -> tuple[list[Ask], Guidance]:
        """Return the questions about a message, and what is known of its client."""
        if isinstance(client, Ask):
            return [client, *asks], NO_GUIDANCE
        return list(asks), with_profile(NO_GUIDANCE, client)

    def take(self) -> list[Question]:
        """Return the questions to be sent."""
        return self._consulting.take()

    def next_deadline(self) -> float | None:
        """Return when a message has waited for long enough."""
        return self._consulting.next_deadline()

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._consulting.shift(step)
        self.directory.shift(step)
