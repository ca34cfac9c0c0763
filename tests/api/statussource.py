"""A server as the API sees it, without sockets: the core of a configured pair, and a view with every field set."""

import random
from collections.abc import Mapping
from dataclasses import replace

from dhcpserver.config.document import read
from dhcpserver.config.objects import Configuration
from dhcpserver.failover.states import State
from dhcpserver.failover.view import (
    ConnectionFailure,
    EndpointView,
    LinkView,
    ResyncView,
    Skew,
    Transition,
    UpdateCounters,
)
from dhcpserver.runtime.link import Attempt
from dhcpserver.runtime.outlet import OutletStatus
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Inputs, Moment

NOW = 1_700_000_000.25

CONFIGURATION = """
[server]
name = "a"

[[cluster]]
name = "a"
ipaddr = "127.0.0.11"

[[cluster]]
name = "b"
ipaddr = "127.0.0.12"

[[failover-pair]]
name = "example"
main = "a"
backup = "b"

[[policy]]
name = "default"

[[addr-trap]]
name = "together"
mode = "network"
low-threshold = 10
high-threshold = 30

[[addr-trap]]
name = "disabled"
enable = false

[[scope]]
name = "own"
subnet = "192.0.2.0/24"
ranges = ["192.0.2.10-192.0.2.19"]
free-address-low = 50
free-address-high = 60

[[scope]]
name = "first"
subnet = "198.51.100.0/25"
ranges = ["198.51.100.10-198.51.100.19"]
relay-subnets = ["10.0.0.0/8"]
free-address-config = "together"

[[scope]]
name = "second"
subnet = "198.51.100.128/25"
ranges = ["198.51.100.130-198.51.100.159"]
relay-subnets = ["10.0.0.0/9"]
free-address-config = "together"

[[scope]]
name = "unwatched"
subnet = "203.0.113.0/25"
ranges = ["203.0.113.10-203.0.113.19"]
free-address-config = "disabled"

[[scope]]
name = "deactivated"
subnet = "203.0.113.128/25"
ranges = ["203.0.113.130-203.0.113.139"]
deactivated = true
"""


class Data:
    uid = bytes(range(16))


class Listeners:
    """The listeners of a server: all receive packets, unless a test adds a fault."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def faults(self) -> dict[str, str]:
        return self.reasons


class Receivers:
    """The receivers of lease events: none, unless a test adds one."""

    def __init__(self) -> None:
        self.each: list[OutletStatus] = []

    def status(self) -> list[OutletStatus]:
        return self.each


class Source:
    """What `status_document` needs of a server."""

    def __init__(self, text: str = CONFIGURATION) -> None:
        self.configuration: Configuration = read(text)
        self.core = Core(self.configuration, Data.uid, "test")
        self.core.start(None, Moment(NOW, NOW), random.Random(1))
        self.data = Data()
        self.started = self.configuration_changed = self.configuration_read = NOW - 3600
        self.not_serving_reason: str | None = None
        self.reload_pending = False
        self.listeners = Listeners()
        self.lease_reports = Receivers()
        self.dns_updates = Receivers()
        self.attempts: Mapping[str, Attempt] = {
            "ipv4": Attempt(NOW - 5, "127.0.0.11", "127.0.0.12:647", "failed", "Connection refused", 111)
        }

    def now(self) -> float:
        return NOW

    def turn(self) -> None:
        self.core.turn(Moment(NOW, NOW), Inputs())


def full_view(source: Source, partner_vendor: str = "pairwatch-0.1.0") -> EndpointView:
    """A view of the pair in which no field is None."""
    assert source.core.endpoint is not None
    return replace(
        source.core.endpoint.view(NOW),
        previous_state=State.STARTUP,
        partner_state=State.NORMAL,
        partner_state_since=NOW - 9,
        start_of_communications_interrupted=NOW - 8,
        last_contact=NOW - 7,
        link=LinkView("ipv4", "127.0.0.11:40112", "127.0.0.12:647", NOW - 6, partner_vendor),
        last_failure=ConnectionFailure(NOW - 60, "Connection refused", "unreachable"),
        safe_period_ends=NOW + 100.4,
        partner_down_time=NOW - 5,
        partner_pool_usable_at=NOW + 3600,
        recover_deadline=NOW + 60,
        probe_until=NOW + 600,
        skew=Skew(0.0, 0.8),
        oldest_unacked_age=0.5,
        updates=UpdateCounters(),
        resync=ResyncView("update-request-all", "receiving", 120, None),
        config_mismatch=("class 1",),
        transitions=(Transition(NOW - 9, State.STARTUP, State.NORMAL, "partner is NORMAL", "partner-state", None),),
    )
