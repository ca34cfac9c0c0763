"""DNS records of DHCPv6 leases, and which partner makes them."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.service.dns.follower import DnsChange
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6options import MessageType6
from tests.service.v6.pair6 import DUIDS, Pair6, Server6, na, pd, ta

LAB = """
[[dns-update-config]]
name = "lab"
server-addr = "::1"
forward-zone-name = "lab.example"
"""
POLICY = 'forward-dnsupdate = "lab"\nreverse-dnsupdate = "lab"'
NAME = (o6.CLIENT_FQDN, b"\1\6laptop")


class Watched:
    """The DNS changes of each server of a pair."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, alone: bool = False, more: str = LAB) -> None:
        self.pair = Pair6(alone=alone, policy=POLICY, more=more)
        self.changes: dict[str, list[DnsChange]] = {"a": [], "b": []}
        for server in self.pair.servers:
            self._watch(monkeypatch, server)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, server: Server6) -> None:
        turn, name = server.core.turn, server.core.configuration.server.name

        def watched(*arguments: object) -> object:
            outputs = turn(*arguments)  # type: ignore[arg-type]
            self.changes[name] += outputs.dns
            return outputs

        monkeypatch.setattr(server.core, "turn", watched)

    def taken(self, name: str) -> list[tuple[bool, bool, str]]:
        found, self.changes[name] = self.changes[name], []
        return [(each.add, each.reverse, each.name) for each in found]


ADDED = [(True, False, "laptop.lab.example"), (True, True, "laptop.lab.example")]
REMOVED = [(False, False, "laptop.lab.example"), (False, True, "laptop.lab.example")]


def test_the_server_that_grants_a_lease_adds_its_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """The partner gets the name with the binding, and makes no records."""
    seen = Watched(monkeypatch)
    seen.pair.main.leased(na(), options=[NAME])
    assert seen.taken("a") == ADDED
    assert seen.taken("b") == []


def test_the_partner_removes_the_records_of_a_lease_that_ends_while_the_main_is_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = Watched(monkeypatch)
    seen.pair.main.leased(na(), options=[NAME])
    seen.taken("a")
    seen.pair.main.crash()
    seen.pair.wait(5000)
    assert seen.pair.backup.state is State.COMMUNICATIONS_INTERRUPTED
    assert seen.taken("b") == REMOVED


def test_a_release_at_one_server_removes_them_there(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Watched(monkeypatch)
    (ia,) = seen.pair.main.leased(na(), options=[NAME])
    seen.taken("a")
    seen.pair.main.ask(MessageType6.RELEASE, ia, server=seen.pair.main.duid)
    assert (seen.taken("a"), seen.taken("b")) == (REMOVED, [])


def test_temporary_addresses_and_prefixes_have_no_records(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Watched(monkeypatch, alone=True)
    seen.pair.main.leased(ta(), pd(), options=[NAME])
    assert seen.taken("a") == []


def test_option_39_has_what_the_server_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 4704: S without O, and the name of the record."""
    server = Watched(monkeypatch, alone=True).pair.main
    asked = [NAME, (o6.OPTION_REQUEST, o6.CLIENT_FQDN.to_bytes(2, "big"))]
    answer = server.ask(MessageType6.SOLICIT, na(), options=asked)
    assert answer is not None
    assert answer.get(o6.CLIENT_FQDN) == b"\1\6laptop\3lab\7example\0"
    information = server.ask(MessageType6.INFORMATION_REQUEST, options=asked)
    assert information is not None
    assert information.get(o6.CLIENT_FQDN) == b"\6\6laptop", "a client without an address has no records"


@pytest.mark.parametrize(
    ("generator", "length"), [("hashed-duid", len("dhcp-") + 16), ("duid", len("dhcp-") + 2 * len(DUIDS[0]))]
)
def test_a_client_without_a_name_gets_one_of_its_duid(
    monkeypatch: pytest.MonkeyPatch, generator: str, length: int
) -> None:
    more = f'{LAB}synthesize-name = true\nv6-synthetic-name-generator = "{generator}"\n'
    seen = Watched(monkeypatch, alone=True, more=more)
    seen.pair.main.leased(na())
    (name,) = {name for _, _, name in seen.taken("a")}
    assert len(name.removesuffix(".lab.example")) == length
