"""Clients that send to the address of the server (RFC 8415 sections 18.4 and 21.12)."""

from ipaddress import IPv6Address

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import address6
from dhcpserver.leases.lease import Status
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IA
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode
from tests.service.v6.pair6 import DUIDS, OWN, Pair6, Server6, na
from tests.service.v6.test_leasequery6 import SECOND_LINK

ALLOWED = "server-unicast = true"
NOT_HERE = '[[policy]]\nname = "plain"\n' + SECOND_LINK + 'policy = "plain"\n'
UNICAST = (MessageType6.REQUEST, MessageType6.RENEW, MessageType6.RELEASE, MessageType6.DECLINE)


def unicast(server: Server6, kind: MessageType6, ia: IA, source: int = 0) -> Message | None:
    """Send a message from a client's address to that of the server."""
    arrival = Arrival6(0, source or ia.leases[0].address, 5460, multicast=False, address=OWN)
    return server.ask(kind, ia, server=server.duid, hops=(), arrival=arrival)


def status_of(message: Message | None) -> int | None:
    assert message is not None
    return None if message.status is None else message.status.code


def test_clients_get_the_address_of_the_server_where_the_policy_has_it() -> None:
    pair = Pair6(policy=ALLOWED, more=NOT_HERE)
    for kind, server in ((MessageType6.SOLICIT, None), (MessageType6.REQUEST, pair.main.duid)):
        answer = pair.main.ask(kind, na(), server=server)
        assert answer is not None
        assert answer.all(o6.SERVER_UNICAST) == [OWN.to_bytes(16, "big")]
    elsewhere = pair.main.ask(MessageType6.SOLICIT, na(), link=int(IPv6Address("2001:db8:2::1")))
    assert elsewhere is not None
    assert elsewhere.get(o6.SERVER_UNICAST) is None
    stateless = pair.main.ask(MessageType6.INFORMATION_REQUEST)
    assert stateless is not None
    assert stateless.get(o6.SERVER_UNICAST) is None
    without = Pair6(alone=True).main.ask(MessageType6.SOLICIT, na())
    assert without is not None
    assert without.get(o6.SERVER_UNICAST) is None


def test_clients_with_permission_renew_and_release_by_unicast() -> None:
    """The relay data that are stored with the lease stay: the message passed no relay."""
    pair = Pair6(policy=ALLOWED)
    (ia,) = pair.main.leased(na())
    lease = pair.main.lease(address6(ia.leases[0].address))
    relay = lease.relay_info
    pair.wait(1800)
    reply = unicast(pair.main, MessageType6.RENEW, ia)
    assert status_of(reply) is None
    assert reply is not None
    assert reply.ias[0].leases[0].valid == 4 * 3600
    assert lease.relay_info == relay is not None
    assert status_of(unicast(pair.main, MessageType6.RELEASE, ia)) == StatusCode.SUCCESS
    assert lease.status is not Status.ACTIVE


@pytest.mark.parametrize("kind", UNICAST)
def test_other_clients_are_answered_with_use_multicast_alone(kind: MessageType6) -> None:
    """RFC 8415 section 18.4: the identifiers and the status; nothing of the lease changes."""
    pair = Pair6()
    (ia,) = pair.main.leased(na())
    lease = pair.main.lease(address6(ia.leases[0].address))
    end = lease.state_exp
    pair.wait(10)
    reply = unicast(pair.main, kind, ia)
    assert status_of(reply) == StatusCode.USE_MULTICAST
    assert reply is not None
    assert {code for code, _ in reply.options} == {o6.CLIENT_ID, o6.SERVER_ID, o6.STATUS_CODE}
    assert (lease.status, lease.state_exp) == (Status.ACTIVE, end)
    lines = [line for line in pair.main.log if line.id == 18242]
    assert len(lines) == 1
    assert DUIDS[0].hex(":") in lines[0].text


def test_a_client_of_no_known_link_is_answered_with_use_multicast() -> None:
    pair = Pair6(policy=ALLOWED, more=NOT_HERE)
    (ia,) = pair.main.leased(na())
    for source in ("2001:db8:2::7", "2001:db8:77::7"):
        reply = unicast(pair.main, MessageType6.RENEW, ia, int(IPv6Address(source)))
        assert status_of(reply) == StatusCode.USE_MULTICAST


@pytest.mark.parametrize("kind", UNICAST)
def test_a_server_that_is_silent_does_not_send_use_multicast(kind: MessageType6) -> None:
    """R-179: in STARTUP a server answers no client, whatever the answer would be."""
    pair = Pair6()
    (ia,) = pair.main.leased(na())
    pair.cut()
    pair.main.crash(lose_disk=True)
    pair.main.start()
    pair.main.turn()
    assert pair.main.state is State.STARTUP
    assert unicast(pair.main, kind, ia) is None
    assert pair.main.core.counters6.dropped["failover"] == 1


def test_a_backup_in_normal_does_not_answer_a_request_of_an_unknown_client_by_unicast() -> None:
    """R-014: the main answers new clients."""
    pair = Pair6()
    (ia,) = pair.main.leased(na())
    arrival = Arrival6(0, ia.leases[0].address, 546, multicast=False, address=OWN)
    unknown = pair.backup.ask(
        MessageType6.REQUEST, na(), duid=DUIDS[9], server=pair.backup.duid, hops=(), arrival=arrival
    )
    assert unknown is None
    assert status_of(unicast(pair.backup, MessageType6.REQUEST, ia)) == StatusCode.USE_MULTICAST


def test_the_option_is_not_configured_by_hand() -> None:
    with pytest.raises(ConfigurationError, match="the protocol sets unicast"):
        read('[server]\nname = "a"\n[[policy]]\nname = "p"\nv6-options = { unicast = "2001:db8::1" }\n')
