"""DHCPv6 while the partner is away: who gives reserved addresses, and a month without it."""

from dhcpserver.failover.states import State
from dhcpserver.leases.keys import address6, prefix
from dhcpserver.wire.dhcp6ia import IAKind
from dhcpserver.wire.dhcp6options import StatusCode
from tests.service.v6.pair6 import DUIDS, OFFICE, Pair6, na, pd
from tests.service.v6.test_dhcp6 import codes, only


def test_on_a_prefix_for_reserved_clients_alone_parity_does_not_count() -> None:
    """R-027: each server gives reserved addresses of either parity; other clients get nothing there."""
    reserved = [
        f'[[prefix.reservations]]\nduid = "{duid.hex(":")}"\nip6address = "2001:db8:1::{number:x}"\n'
        for number, duid in zip((0x1E, 0x1F, 0x20, 0x21), DUIDS, strict=False)
    ]
    pair = Pair6(prefix="restrict-to-reservations = true\n" + "".join(reserved))
    pair.cut()
    pair.wait(60)
    servers = (pair.main, pair.main, pair.backup, pair.backup)
    found = [only(server.leased(na(), duid=duid)).address for server, duid in zip(servers, DUIDS, strict=False)]
    assert found == [OFFICE + number for number in (0x1E, 0x1F, 0x20, 0x21)]
    for server in pair.servers:
        assert codes(server.leased(na(), duid=DUIDS[9])) == [StatusCode.NO_ADDRS_AVAIL]


def test_a_partner_that_is_away_for_a_month_causes_no_duplicate_and_is_integrated_again() -> None:
    """R-210: addresses and prefixes, renewed and new ones, from the loss of contact over PARTNER-DOWN to NORMAL."""
    pair = Pair6()
    for duid in DUIDS[:3]:
        pair.main.leased(na(), pd(), duid=duid)
    pair.main.crash()
    held: dict[int, bytes] = {}
    for number in range(30):
        pair.wait(86_400, step=7200)
        for duid in (*DUIDS[:3], DUIDS[5 + number]):
            for ia in pair.backup.leased(na(), pd(), duid=duid):
                assert len(ia.leases) == 1
                lease = ia.leases[0]
                key = prefix(lease.address, lease.length) if ia.kind is IAKind.PD else address6(lease.address)
                former = pair.backup.lease(key)
                assert former.client_id == duid
                held[key] = duid
    assert pair.backup.state is State.PARTNER_DOWN
    assert len(held) >= 2 * 33, "each client has had its own"
    pair.main.start()
    pair.main.turn()
    pair.wait(4 * 3600, step=30)
    assert {server.state for server in pair.servers} == {State.NORMAL}
    conflicts = [line for server in pair.servers for line in server.log if line.id == 18109]
    assert conflicts == []
