"""Rapid commit (RFC 4039): an ACK to a DISCOVER, only where no partner answers the same client."""

import pytest

from dhcpserver.failover.pools.answering import AnswerRules, MessageKind
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.service.turn import LinkDown
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import CONFIGURATION as PAIR
from tests.failover.paired import normal
from tests.service.standalone import CONFIGURATION, POOL, Client, Site, lease_seconds, number

RAPID = CONFIGURATION.replace('domain-name = "example.org"', "v4-rapid-commit = true")


def test_a_client_that_asks_gets_its_lease_at_once() -> None:
    """RFC 4039 section 3.1: the ACK has option 80, and the lease is stored before it is sent."""
    client = Client(Site(RAPID), 1)
    reply = client.discover((80, b""))
    assert reply is not None
    assert reply.message_type == MessageType.ACK
    assert reply.options[80] == b""
    assert reply.yiaddr == number(POOL[0])
    assert lease_seconds(reply) == 1000
    (lease,) = client.site.last.changes
    assert lease.status is Status.ACTIVE
    assert client.site.core.book.offered_to(lease.key or b"") is None
    renewed = client.renew(POOL[0])
    assert renewed is not None
    assert 80 not in renewed.options


@pytest.mark.parametrize(("configuration", "options"), [(CONFIGURATION, [(80, b"")]), (RAPID, [])])
def test_other_clients_get_an_offer(configuration: str, options: list[tuple[int, bytes]]) -> None:
    reply = Client(Site(configuration), 1).discover(*options)
    assert reply is not None
    assert reply.message_type == MessageType.OFFER
    assert 80 not in reply.options


@pytest.mark.parametrize(
    ("configured", "requested", "kind"),
    [
        ("108 = 1800", bytes((1, 108)), MessageType.OFFER),
        ("108 = 1800", bytes((1, 3)), MessageType.ACK),
        ("108 = 1800", None, MessageType.ACK),
        ("42 = '192.0.2.8'", bytes((1, 108)), MessageType.ACK),
    ],
)
def test_a_client_that_gets_option_108_gets_an_offer(
    configured: str, requested: bytes | None, kind: MessageType
) -> None:
    """RFC 8925 section 3.3: it uses IPv6 only, and gets no lease before it requests one."""
    site = Site(RAPID.replace("v4-rapid-commit = true", f"v4-rapid-commit = true\noptions = {{ {configured} }}"))
    client = Client(site, 1)
    reply = client.discover((80, b""), *([] if requested is None else [(55, requested)]))
    assert reply is not None
    assert reply.message_type == kind
    assert (80 in reply.options) is (kind is MessageType.ACK)
    assert (108 in reply.options) is (kind is MessageType.OFFER)
    assert bool(site.last.changes) is (kind is MessageType.ACK)


def test_option_108_of_a_reservation_counts_for_its_client_only() -> None:
    """Another client of the scope does not get the option, so it gets its lease at once."""
    site = Site(RAPID + "options = { 108 = 1800 }\n")
    asking = [(80, b""), (55, bytes((1, 108)))]
    reserved, other = Client(site, 0x99).discover(*asking), Client(site, 1).discover(*asking)
    assert reserved is not None
    assert other is not None
    assert (reserved.message_type, other.message_type) == (MessageType.OFFER, MessageType.ACK)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("main", [True, False])
@pytest.mark.parametrize("balancing", [True, False])
def test_a_server_is_alone_in_normal_and_in_partner_down_only(state: State, main: bool, balancing: bool) -> None:
    """While communications are interrupted both partners answer, and the client chooses."""
    rules = AnswerRules(state, main, balancing)
    alone = [rules.answers(MessageKind.NEW, b"\0\1" + bytes(5) + bytes((last,))) for last in range(50)]
    expected = state in (State.NORMAL, State.PARTNER_DOWN)
    assert all(decision.alone is expected for decision in alone if decision.answer)
    assert not any(decision.alone for decision in alone if not decision.answer)


def test_a_partner_that_answers_too_makes_it_an_offer() -> None:
    """Contact is lost: both partners answer, and two leases for one client would be the result."""
    site = normal(PAIR.replace('name = "default"', 'name = "default"\nv4-rapid-commit = true'))
    first = site.client(77, MessageType.DISCOVER, (80, b""))
    assert first is not None
    assert first.options[53] == bytes((MessageType.ACK,))
    site.turn(link=[LinkDown(1, "lost")])
    second = site.client(78, MessageType.DISCOVER, (80, b""))
    assert second is not None
    assert second.options[53] == bytes((MessageType.OFFER,))
    assert 80 not in second.options
