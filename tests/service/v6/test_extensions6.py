"""Addresses and prefixes of DHCPv6 that an extension chooses, on both partners (R-028)."""

from ipaddress import IPv6Address
from typing import Any

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.keys import address6, value_of
from dhcpserver.leases.lease import Status
from dhcpserver.service.consulting import Finding
from dhcpserver.service.turn import Inputs
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Hop, Message, encode_message, parse
from dhcpserver.wire.dhcp6ia import IA, IAKind, pack_ia
from dhcpserver.wire.dhcp6options import MessageType6, Option, read_options
from tests.service.v6.pair6 import DUIDS, OFFICE, RELAYED, Pair6, Server6

EXTENSION = """
[[extension]]
name = "site"
file = "site.py"
entry = "choose"

[[extension-point]]
name = "generate-lease"
extensions = ["site"]

[[extension-point]]
name = "pre-packet-encode"
extensions = ["site"]
"""
NA, PD = IA(IAKind.NA, 1), IA(IAKind.PD, 1)


def ask(
    server: Server6, kind: MessageType6, ia: IA, *results: Any, duid: bytes = DUIDS[0], named: bool = False
) -> Message | None:
    """Send a message, and answer the question about it."""
    server.core.outside.can_ask = True
    options: list[Option] = [(o6.CLIENT_ID, duid), *read_options(pack_ia(ia))]
    if named:
        options.append((o6.SERVER_ID, server.duid))
    hop = Hop(MessageType6.RELAY_FORW, 0, OFFICE + 1, int(IPv6Address("fe80::1")), [])
    octets = encode_message(Message(kind, 1, options, [hop]))
    moment = server.pair.moment
    (question,) = server.core.turn(moment, Inputs(packets6=[(octets, RELAYED)])).questions
    finding = Finding(question.number, [{"result": each} for each in (*results, None)[:2]])
    out = server.core.turn(moment, Inputs(findings=[finding]))
    server.pair.effects(server, out.link)
    server.pair.settle()
    return parse(out.replies6[0].octets) if out.replies6 else None


def given(message: Message | None) -> str | None:
    assert message is not None
    (ia,) = message.ias
    return str(IPv6Address(ia.leases[0].address)) if ia.leases else None


@pytest.mark.parametrize("address", ["2001:db8:1::70", "2001:db8:1::71"], ids=["even", "odd"])
@pytest.mark.parametrize("at_main", [True, False], ids=["main", "backup"])
def test_an_address_of_any_parity_is_given_and_accepted(address: str, at_main: bool) -> None:
    """R-028: the main gives odd addresses and the backup even ones, but for those that an extension supplies."""
    pair = Pair6(more=EXTENSION)
    server, partner = (pair.main, pair.backup) if at_main else (pair.backup, pair.main)
    if not at_main:
        pair.cut()
        pair.wait(100)
        assert server.state is State.COMMUNICATIONS_INTERRUPTED
    assert given(ask(server, MessageType6.SOLICIT, NA, {"address": address})) == address
    assert given(ask(server, MessageType6.REQUEST, NA, {"address": address}, named=True)) == address
    if not at_main:
        pair.connected = True
        pair.wait(300)
    key = address6(int(IPv6Address(address)))
    for each in (server, partner):
        lease = each.lease(key)
        assert (lease.status, lease.client_id) == (Status.ACTIVE, DUIDS[0])
    assert not any(line.id == 18109 for line in server.log + partner.log), "no conflict"


def test_an_address_that_another_client_has_is_not_given() -> None:
    pair = Pair6(more=EXTENSION)
    chosen = {"address": "2001:db8:1::70"}
    ask(pair.main, MessageType6.REQUEST, NA, chosen, named=True)
    other = given(ask(pair.main, MessageType6.SOLICIT, NA, chosen, duid=DUIDS[1]))
    assert other not in (None, "2001:db8:1::70")


def test_without_the_algorithm_the_choice_does_not_count() -> None:
    """`allocation-algorithms` decides for each prefix."""
    pair = Pair6(more=EXTENSION, prefix='allocation-algorithms = ["reservation", "random"]')
    assert given(ask(pair.main, MessageType6.SOLICIT, NA, {"address": "2001:db8:1::70"})) != "2001:db8:1::70"


def test_an_extension_chooses_a_prefix_of_this_server() -> None:
    pair = Pair6(more=EXTENSION)
    own = pair.main.core.book.pools["pd"].free
    chosen = next(key for key in reversed(list(own)))
    text = f"{IPv6Address(value_of(chosen))}/56"
    message = ask(pair.main, MessageType6.REQUEST, PD, {"prefix": text}, named=True)
    assert f"{given(message)}/56" == text
    assert pair.backup.lease(chosen).status is Status.ACTIVE


def test_options_of_an_extension_are_sent() -> None:
    """R-097."""
    pair = Pair6(more=EXTENSION)
    message = ask(pair.main, MessageType6.REQUEST, NA, None, {"options": {"24": ["lab.example"]}}, named=True)
    assert message is not None
    assert message.get(24) == b"\3lab\7example\0"
