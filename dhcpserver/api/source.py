"""`StatusSource`: what a status document is made from."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from dhcpserver.config.objects import Configuration
from dhcpserver.runtime.link import Attempt
from dhcpserver.runtime.outlet import OutletStatus
from dhcpserver.service.core import Core


class Identity(Protocol):
    """The identity of a data directory."""

    @property
    def uid(self) -> bytes: ...


class Receivers(Protocol):
    """The receivers of lease events, or the DNS servers that get updates."""

    def status(self) -> Sequence[OutletStatus]: ...


class Reception(Protocol):
    """The listeners of a server."""

    def faults(self) -> Mapping[str, str]: ...


class StatusSource(Protocol):
    """A server: a running one, or a simulated one in tests."""

    @property
    def core(self) -> Core: ...

    @property
    def configuration(self) -> Configuration: ...

    @property
    def data(self) -> Identity: ...

    @property
    def started(self) -> float: ...

    @property
    def not_serving_reason(self) -> str | None: ...

    @property
    def reload_pending(self) -> bool: ...

    @property
    def configuration_changed(self) -> float: ...

    @property
    def configuration_read(self) -> float: ...

    @property
    def attempts(self) -> Mapping[str, Attempt]: ...

    @property
    def listeners(self) -> Reception: ...

    @property
    def lease_reports(self) -> Receivers: ...

    @property
    def dns_updates(self) -> Receivers: ...

    def now(self) -> float: ...
