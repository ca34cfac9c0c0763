"""Several identity associations of one client in one message, where few addresses and prefixes are free."""

import pytest

from dhcpserver.wire.dhcp6ia import IA
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode
from tests.service.v6.pair6 import Pair6, na, pd

FREE = 2
DENSE = 'range = "2001:db8:1::/126"\nallocation-algorithms = ["client-request", "random"]'


def offered(pair: Pair6, *ias: IA) -> list[tuple[int, ...]]:
    """The addresses or prefixes that an ADVERTISE has for each association."""
    answer = pair.main.ask(MessageType6.SOLICIT, *ias)
    assert answer is not None
    assert all(ia.leases or ia.status is not None for ia in answer.ias)
    return [tuple(lease.address for lease in ia.leases) for ia in answer.ias]


@pytest.mark.parametrize("wanted", [False, True])
def test_an_advertise_offers_each_address_and_prefix_once(wanted: bool) -> None:
    """The REQUEST would get another one for the second association, or nothing."""
    pair = Pair6(alone=True, prefix=DENSE, delegation=f"max-leases = {FREE}")
    asked = [0x20010DB8000100000000000000000001] if wanted else []
    addresses = offered(pair, *(na(number, *asked) for number in range(1, FREE + 2)))
    prefixes = offered(pair, *(pd(number) for number in range(1, FREE + 2)))
    for found in (addresses, prefixes):
        given = [each for each in found if each]
        assert len(given) == len(set(given)) == FREE, found
        assert found[-1] == ()


def test_the_request_gets_what_was_offered() -> None:
    pair = Pair6(alone=True, prefix=DENSE)
    answer = pair.main.ask(MessageType6.SOLICIT, na(1), na(2), na(3))
    assert answer is not None
    reply = pair.main.ask(MessageType6.REQUEST, *answer.ias, server=pair.main.duid)
    assert reply is not None
    assert [ia.leases for ia in reply.ias] == [ia.leases for ia in answer.ias]
    assert reply.ias[2].status is not None
    assert reply.ias[2].status.code == StatusCode.NO_ADDRS_AVAIL
