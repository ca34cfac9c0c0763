"""Reservations come first: for new clients, for holders of the address, for clients that have another one."""

import pytest

from dhcpserver.leases.lease import Status
from dhcpserver.wire import options4
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, POOL, Client, Site, dotted, lease_seconds, number

RESERVED = "192.0.2.12"
LATER = "\n[[scope.reservations]]\nipaddr = {address!r}\nmac = {mac!r}\n"
OUTSIDE = LATER.format(address="192.0.2.200", mac="02:00:00:00:00:07")


def reconfigured(site: Site, configuration: str) -> Site:
    """Return a server with another configuration and the leases of `site`, as after a reload."""
    after = Site(configuration)
    after.now = site.now
    for old in site.core.book.leases.values():
        lease = after.core.book.record(old.address)
        assert lease is not None
        after.core.book.set_client(lease, old.client_id, old.hardware)
        after.core.book.set_status(lease, old.status, old.sos)
        lease.state_exp, lease.cltt, lease.relay_info = old.state_exp, old.cltt, old.relay_info
        after.core.book.schedule(lease, old.state_exp)
    after.turn()
    return after


def test_a_reservation_outside_the_ranges_is_given() -> None:
    """R-053: the address of a reservation need not be in a range."""
    site = Site(CONFIGURATION + OUTSIDE)
    assert Client(site, 7).get() == "192.0.2.200"


def test_a_system_with_an_identifier_gets_the_address_that_its_boot_rom_has() -> None:
    """The boot ROM sends no option 61 and the system sends one: by its hardware address it is one machine."""
    site = Site()
    rom = Client(site, 0x99)
    assert rom.get() == RESERVED
    system = Client(site, 0x99, client_id=b"\xff\0\0\0\1\0\4abcdefghijklmnop")
    site.wait(20)
    assert system.get() == RESERVED
    renewed = system.renew(RESERVED)
    assert renewed is not None
    assert renewed.message_type == MessageType.ACK
    site.wait(20)
    assert rom.get() == RESERVED, "and again after the next start"


def test_another_machine_with_the_identifier_does_not_get_it() -> None:
    """The address is not given away while another hardware address holds it."""
    site = Site()
    assert Client(site, 0x99).get() == RESERVED
    assert Client(site, 1, client_id=b"\xff\0\0\0\1").get() == POOL[0]


def test_the_holder_of_an_address_that_is_reserved_later_is_moved() -> None:
    """At its renewal the holder gets a NAK, and the client of the reservation gets the address after it has left."""
    site = Site()
    holder = Client(site, 1)
    assert holder.get() == POOL[0]
    site = reconfigured(site, CONFIGURATION + LATER.format(address=POOL[0], mac="02:00:00:00:00:42"))
    holder.site = site
    owner = Client(site, 0x42)
    site.wait(500)
    assert owner.get() != POOL[0], "the holder may still use it"
    moved = holder.renew(POOL[0])
    assert moved is not None
    assert moved.message_type == MessageType.NAK
    assert [line.text for line in site.last.lines] == [
        f"Client 02:00:00:00:00:01 must leave {POOL[0]}: the address is reserved for another client."
    ]
    assert holder.get() not in (POOL[0], RESERVED)
    moved = owner.renew(dotted(owner_address(site, owner)))
    assert moved is not None
    assert moved.message_type == MessageType.NAK, "its reservation is free now"
    assert owner.get() == POOL[0]


def test_the_lease_of_a_holder_runs_until_its_end_while_it_has_no_other_address() -> None:
    """The NAK may be lost. Only another lease of the same machine shows that it has left the address."""
    site = Site()
    holder = Client(site, 1, client_id=b"\xff\1\2\3")
    mine = holder.get()
    site = reconfigured(site, CONFIGURATION + LATER.format(address=mine, mac="02:00:00:00:00:42"))
    holder.site = site
    copy, owner = Client(site, 2, client_id=b"\xff\1\2\3"), Client(site, 0x42)
    assert holder.renew(mine) is not None
    assert copy.get() != mine
    assert owner.get() != mine, "the holder may not have received the NAK; a copy of its identifier proves nothing"
    site.wait(1200)
    assert owner.get() == mine


EXPIRE = CONFIGURATION.replace("[[scope]]", 'withdrawn-leases = "expire"\n\n[[scope]]', 1)


@pytest.mark.parametrize("restarts", [False, True])
def test_by_policy_the_holder_keeps_the_address_until_the_end_of_its_lease(restarts: bool) -> None:
    """`withdrawn-leases = "expire"`: each renewal gets the rest of the lease; then the client gets another address."""
    site = Site(EXPIRE)
    holder = Client(site, 1)
    assert holder.get() == POOL[0]
    site = reconfigured(site, EXPIRE + LATER.format(address=POOL[0], mac="02:00:00:00:00:42"))
    holder.site = site
    owner = Client(site, 0x42)
    for waited, rest in ((500, 500), (250, 250), (248, 2)):
        site.wait(waited)
        kept = holder.reboot(POOL[0]) if restarts else holder.renew(POOL[0])
        assert kept is not None
        assert (kept.message_type, lease_seconds(kept)) == (MessageType.ACK, rest)
        assert (kept.yiaddr, options4.RENEWAL_TIME in kept.options) == (number(POOL[0]), rest > 2)
        assert owner.get() != POOL[0], "the holder may still use it"
    site.wait(2)
    refused = holder.reboot(POOL[0]) if restarts else holder.renew(POOL[0])
    assert refused is not None
    assert refused.message_type == MessageType.NAK
    assert holder.get() != POOL[0]
    assert owner.get() == POOL[0]


def test_a_lease_without_an_end_is_not_waited_for() -> None:
    """A NAK in each policy: the address would never be free."""
    forever = EXPIRE.replace("dhcp-lease-time = 1000", "dhcp-lease-time = 4294967295")
    site = Site(forever)
    holder = Client(site, 1)
    mine = holder.get()
    site = reconfigured(site, forever + LATER.format(address=mine, mac="02:00:00:00:00:42"))
    holder.site = site
    refused = holder.renew(mine)
    assert refused is not None
    assert refused.message_type == MessageType.NAK


def owner_address(site: Site, client: Client) -> int:
    return next(
        lease.address
        for lease in site.core.book.leases.values()
        if lease.hardware == b"\1" + client.hardware and lease.status is Status.ACTIVE
    )


def test_a_client_does_not_renew_its_old_address_for_ever() -> None:
    """A reservation that is made later takes effect at the next renewal, and at a restart of the client."""
    site = Site()
    renewing, restarting = Client(site, 1), Client(site, 2)
    first, second = renewing.get(), restarting.get()
    more = LATER.format(address="192.0.2.201", mac="02:00:00:00:00:01") + LATER.format(
        address="192.0.2.202", mac="02:00:00:00:00:02"
    )
    site = reconfigured(site, CONFIGURATION + more)
    renewing.site = restarting.site = site
    site.wait(10)
    for answer in (renewing.renew(first), restarting.reboot(second)):
        assert answer is not None
        assert answer.message_type == MessageType.NAK
    assert renewing.get() == "192.0.2.201"
    assert restarting.get() == "192.0.2.202"


def test_a_client_whose_reservation_is_in_use_keeps_its_address() -> None:
    """A NAK would leave it without any address that is its own."""
    site = Site()
    client, holder = Client(site, 1), Client(site, 2)
    mine, taken = client.get(), holder.get()
    site = reconfigured(site, CONFIGURATION + LATER.format(address=taken, mac="02:00:00:00:00:01"))
    client.site = site
    site.wait(10)
    renewed = client.renew(mine)
    assert renewed is not None
    assert renewed.message_type == MessageType.ACK


def test_a_request_for_an_address_reserved_for_another_is_refused() -> None:
    """SELECTING: an old offer does not count when the address was reserved meanwhile."""
    site = Site()
    refused = Client(site, 1).select(RESERVED)
    assert refused is not None
    assert refused.message_type == MessageType.NAK


def test_the_holder_cannot_select_an_address_again_that_was_reserved_meanwhile() -> None:
    """SELECTING: its own lease does not count either."""
    site = Site()
    holder = Client(site, 1)
    mine = holder.get()
    site = reconfigured(site, CONFIGURATION + LATER.format(address=mine, mac="02:00:00:00:00:42"))
    holder.site = site
    refused = holder.select(mine)
    assert refused is not None
    assert refused.message_type == MessageType.NAK
