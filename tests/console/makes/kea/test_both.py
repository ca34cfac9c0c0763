"""The DHCPv4 and DHCPv6 daemons of one host as one server: the worse state, pools and leases of both, actions."""

import copy
import json
from typing import Any

import httpx
import pytest

from console.errors import Refused, Unanswered
from console.makes.kea.both import BothDaemons, open_kea
from console.makes.kea.client import KeaClient
from console.makes.kea.settings import KeaServer
from console.makes.kea.source import KeaSource
from console.model.action_names import ActionName, ActionRequest
from console.model.leases import LeaseQuery
from console.model.phases import Phase
from tests.console.makes.kea.answers import CONFIGURATION, HEARTBEAT, LEASE, STATISTICS, status
from tests.console.makes.kea.test_status import STATISTICS6

PREFIX = {
    "cltt": 1795890357,
    "duid": "00:01:02:03:04:05:06",
    "hostname": "",
    "iaid": 7,
    "ip-address": "2001:db8:8000:100::",
    "preferred-lft": 300,
    "prefix-len": 56,
    "state": 0,
    "subnet-id": 1,
    "type": "IA_PD",
    "valid-lft": 600,
}


class Host:
    """One host with both daemons behind an agent; `states` by service, `gone` are daemons that do not run."""

    def __init__(self) -> None:
        self.states = {"dhcp4": "load-balancing", "dhcp6": "load-balancing"}
        self.gone: set[str] = set()
        self.refuses: set[str] = set()
        self.sent: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        (service,), name = body["service"], body["command"]
        if service in self.gone:
            return self._answer({"result": 1, "text": "the server is likely to be offline"})
        configuration = copy.deepcopy(CONFIGURATION)
        if service == "dhcp6":
            configuration["Dhcp6"] = configuration.pop("Dhcp4")
            configuration["Dhcp6"]["subnet6"] = [{"id": 1, "subnet": "2001:db8:1::/48"}]
        found = {
            "status-get": status({"state": self.states[service]}),
            "config-get": configuration,
            "ha-heartbeat": HEARTBEAT,
            "stat-lease4-get": STATISTICS,
            "stat-lease6-get": STATISTICS6,
            "lease4-get": LEASE,
            "lease6-get": PREFIX,
            "lease4-get-by-client-id": {"leases": [LEASE]},
            "lease6-get-by-duid": {"leases": [PREFIX]},
        }.get(name)
        if found is not None:
            return self._answer({"result": 0, "arguments": found})
        self.sent.append((service, name))
        if service in self.refuses:
            return self._answer({"result": 1, "text": "not now"})
        return self._answer({"result": 0, "text": "HA state machine reset."})

    def _answer(self, body: dict[str, Any]) -> httpx.Response:
        return httpx.Response(200, json=[body])

    def source(self) -> BothDaemons:
        transport = httpx.MockTransport(self)
        clients = {each: KeaClient("http://kea", each, None, transport=transport) for each in self.states}
        return BothDaemons({each: KeaSource(client, "server1", None) for each, client in clients.items()})


async def test_a_server_of_two_daemons_has_the_pools_of_both() -> None:
    facts = (await Host().source().poll()).facts
    assert (facts.phase, facts.word, facts.contact) == (Phase.NORMAL, "load-balancing", True)
    assert [pool.name for pool in facts.pools or ()][:3] == [
        "10.0.0.0/16",
        "2001:db8:1::/48",
        "2001:db8:1::/48 prefixes",
    ]


@pytest.mark.parametrize(
    ("four", "six", "phase", "word"),
    [
        ("load-balancing", "terminated", Phase.TERMINATED, "terminated (DHCPv6)"),
        ("partner-down", "load-balancing", Phase.TAKEN_OVER, "partner-down (DHCPv4)"),
        ("waiting", "partner-down", Phase.TAKEN_OVER, "partner-down (DHCPv6)"),
        ("terminated", "terminated", Phase.TERMINATED, "terminated"),
        ("load-balancing", "hibernating", Phase.UNKNOWN, "hibernating (DHCPv6)"),
    ],
)
async def test_the_server_shows_the_worse_of_two_states(four: str, six: str, phase: Phase, word: str) -> None:
    host = Host()
    host.states = {"dhcp4": four, "dhcp6": six}
    facts = (await host.source().poll()).facts
    assert (facts.phase, facts.word) == (phase, word)
    assert all(text.startswith("DHCPv6: ") for text in facts.misfits)


@pytest.mark.parametrize(("gone", "name"), [("dhcp4", "DHCPv4"), ("dhcp6", "DHCPv6")])
async def test_half_a_server_does_not_answer(gone: str, name: str) -> None:
    host = Host()
    host.gone = {gone}
    with pytest.raises(Unanswered, match=f"{name}: the control agent answers, {gone} does not run"):
        await host.source().poll()


async def test_leases_are_asked_of_the_daemon_of_their_family() -> None:
    source = Host().source()
    (four,) = await source.leases(LeaseQuery("10.0.0.20", by_address=True))
    (six,) = await source.leases(LeaseQuery("2001:db8:8000:100::/56", by_address=True))
    assert (four.address, six.address) == ("10.0.0.20", "2001:db8:8000:100::/56")
    found = await source.leases(LeaseQuery("00:01:02:03:04:05:06:07", by_address=False))
    assert [each.address for each in found] == ["10.0.0.20", "2001:db8:8000:100::/56"]


async def test_configurations_of_both_are_compared() -> None:
    kinds = {each.kind for each in await Host().source().config()}
    assert {"subnet4", "DHCPv6 subnet6", "global", "DHCPv6 global"} <= kinds


async def test_an_action_is_sent_to_both_and_half_of_it_is_said() -> None:
    host = Host()
    request = ActionRequest(ActionName.RESET_FAILOVER, "campus")
    receipt = await host.source().act(request)
    assert host.sent == [("dhcp4", "ha-reset"), ("dhcp6", "ha-reset")]
    assert receipt.text == "DHCPv4: HA state machine reset.; DHCPv6: HA state machine reset."
    host.refuses = {"dhcp6"}
    with pytest.raises(Refused, match=r"DHCPv4: HA state machine reset\.; DHCPv6 did not: ha-reset: not now"):
        await host.source().act(request)
    host.refuses = {"dhcp4"}
    with pytest.raises(Refused, match="ha-reset: not now"):
        await host.source().act(request)


def test_the_setting_opens_both_daemons() -> None:
    table = {"name": "server1", "role": "main", "api": "http://kea:8000", "service": "both"}
    assert isinstance(open_kea(KeaServer.model_validate(table)), BothDaemons)
    assert isinstance(open_kea(KeaServer.model_validate({**table, "service": "dhcp6"})), KeaSource)
    with pytest.raises(ValueError, match="api6 needs service"):
        KeaServer.model_validate({**table, "service": "dhcp6", "api6": "http://kea:8001"})
