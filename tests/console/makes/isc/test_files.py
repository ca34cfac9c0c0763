"""dhcpd's files: leases, configuration, and the balances in its log."""

import os
from pathlib import Path

import pytest

from console.makes.documents import Misfits
from console.makes.isc.balance import Balances
from console.makes.isc.configfile import subnets
from console.makes.isc.files import DhcpdFiles
from console.makes.isc.growing import GrowingFile
from console.makes.isc.leasefile import LeaseEntry, LeaseFile

LEASES = """\
# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;

failover peer "campus" state {
  my state normal at 6 2026/11/28 17:19:44;
  partner state normal at 6 2026/11/28 17:19:44;
}
lease 10.9.0.100 {
  starts 6 2026/11/28 17:20:00;
  ends 6 2026/11/28 18:20:00;
  tstp 6 2026/11/28 18:50:00;
  tsfp 6 2026/11/28 18:50:00;
  cltt 6 2026/11/28 17:20:00;
  binding state active;
  next binding state expired;
  hardware ethernet 02:00:00:00:00:07;
  uid "\\001\\002\\000\\000\\000\\000{";
  set vendor-class-identifier = "}";
  on expiry {
    execute ("/bin/true", "}");
  }
  client-hostname "printer";
}
lease 10.9.0.101 {
  starts 6 2026/11/28 17:20:00;
  ends never;
  binding state active;
}
lease 10.9.0.102 {
  binding state backup;
}
lease 10.9.0.103 {
  tstp epoch 1795886400; # Sat Nov 28 17:20:00 2026
  binding state expired;
}
lease 10.9.0.104 {
  binding state abandoned;
}
lease 10.9.0.105 {
  binding state free;
}
"""
CONFIGURATION = """
# subnet 10.1.0.0 netmask 255.255.255.0 { range 10.1.0.1 10.1.0.9; }
failover peer "campus" { primary; address 10.9.0.1; mclt 1800; split 128; }
shared-network building {
  subnet 10.9.0.0 netmask 255.255.255.0 {
    option domain-name "range 1 2;";
    pool { failover peer "campus"; range 10.9.0.100 10.9.0.139; deny dynamic bootp clients; }
    pool { range 10.9.0.200 10.9.0.210; }
  }
  subnet 10.9.1.0 netmask 255.255.255.0 {
    failover peer "campus";
    range dynamic-bootp 10.9.1.5;
    range 10.9.1.10 10.9.1.19;
  }
}
"""
AT = 1795888000.0
"""17:46:40 of that day."""
TSTP = 1795891800.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "leases").write_text(LEASES)
    (tmp_path / "dhcpd.conf").write_text(CONFIGURATION)
    return tmp_path


def read(text: str) -> LeaseFile:
    found = LeaseFile()
    found.feed(text.splitlines())
    return found


def test_the_entries_of_a_leases_file() -> None:
    found = read(LEASES)
    assert found.damaged == 0
    assert found.entries["10.9.0.100"] == LeaseEntry(
        "10.9.0.100",
        "active",
        starts=1795886400.0,
        ends=1795890000.0,
        announced=TSTP,
        acked=TSTP,
        last_transaction=1795886400.0,
        hardware="02:00:00:00:00:07",
        client_id="01:02:00:00:00:00:7b",
        host_name="printer",
    )
    assert found.entries["10.9.0.101"].ends == float("inf")
    assert found.entries["10.9.0.103"].announced == 1795886400.0
    assert [each.state for each in found.entries.values()] == [
        "active", "active", "backup", "expired", "abandoned", "free",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "damage",
    [
        "lease 10.9.0.105 {\n  binding state active;\nlease 10.9.0.106 {\n  binding state free;\n}\n",
        "lease 10.9.0.300 {\n  binding state active;\n}\n",
        "lease here {\n  binding state active;\n}\n",
        "lease 10.9.0.105 {\n  binding state bound;\n}\n",
        "lease 10.9.0.105 {\n}\n",
        "lease 10.9.0.105 {\n  binding state active;\n  ends 6 2026/13/41 99:00:00;\n}\n",
        "lease 10.9.0.105 {\n  binding state active;\n  uid zz:1;\n}\n",
    ],
)
def test_a_damaged_entry_is_skipped_and_counted(damage: str) -> None:
    found = read(LEASES + damage)
    assert found.damaged == 1
    assert found.entries["10.9.0.105"].state == "free"


def test_the_last_entry_of_an_address_counts() -> None:
    found = read(LEASES + "lease 10.9.0.100 {\n  binding state free;\n}\n")
    assert found.entries["10.9.0.100"] == LeaseEntry("10.9.0.100", "free")


def test_the_subnets_under_failover_of_a_configuration() -> None:
    found = subnets(CONFIGURATION)
    assert [(each.name, each.total) for each in found.found] == [("10.9.0.0/24", 40), ("10.9.1.0/24", 11)]
    assert not found.includes
    assert subnets('include "/etc/dhcp/pools.conf";').includes


@pytest.mark.parametrize("text", ["}", "subnet 1 netmask 2 { range 10.0.0.9 10.0.0.1; }", "range x;"])
def test_a_configuration_that_cannot_be_read_is_reported(text: str, folder: Path) -> None:
    (folder / "dhcpd.conf").write_text(text)
    misfits = Misfits()
    DhcpdFiles(folder / "leases", folder / "dhcpd.conf", None).pools("main", AT, misfits)
    assert misfits.found[0].startswith("the configuration cannot be read: ")


@pytest.mark.parametrize(("role", "own", "other"), [("main", 35, 1), ("backup", 1, 35), ("", None, None)])
def test_the_pools_of_a_leases_file(folder: Path, role: str, own: int | None, other: int | None) -> None:
    """Free addresses are the primary's, those of the file and those that were never leased."""
    first, second = DhcpdFiles(folder / "leases", folder / "dhcpd.conf", None).pools(role, AT, Misfits()) or ()
    assert (first.name, first.total, first.leased, first.pending_available, first.unavailable) == (
        "10.9.0.0/24", 40, 2, 1, 1,
    )  # fmt: skip
    assert (first.available, first.other_available) == (own, other)
    assert (second.name, second.total, second.leased) == ("10.9.1.0/24", 11, 0)


def test_without_a_configuration_the_whole_file_is_one_pool(folder: Path) -> None:
    (pool,) = DhcpdFiles(folder / "leases", None, None).pools("main", AT, Misfits()) or ()
    assert (pool.name, pool.total, pool.available, pool.other_available) == ("leases", 6, 1, 1)
    assert pool.leads is not None
    assert (pool.leads.sampled, pool.leads.limited) == (2, 1), "the endless lease was not acknowledged by the partner"


def test_changes_of_the_files_are_followed(folder: Path) -> None:
    files = DhcpdFiles(folder / "leases", folder / "dhcpd.conf", None)
    files.pools("main", AT, Misfits())
    with (folder / "leases").open("a") as file:
        file.write("lease 10.9.0.105 {\n  binding state act")
    assert (files.pools("main", AT, Misfits()) or ())[0].leased == 2
    with (folder / "leases").open("a") as file:
        file.write("ive;\n}\n")
    assert (files.pools("main", AT, Misfits()) or ())[0].leased == 3
    (folder / "new").write_text("lease 10.9.0.100 {\n  binding state active;\n}\n")
    os.replace(folder / "new", folder / "leases")
    assert (files.pools("main", AT, Misfits()) or ())[0].leased == 1
    assert set(files.entries()) == {"10.9.0.100"}


def test_while_a_new_leases_file_is_read_the_old_entries_count(folder: Path) -> None:
    file = GrowingFile(folder / "leases", octets=64)
    parts = [file.read()]
    assert (parts[0].fresh, parts[0].complete) == (True, False)
    while not parts[-1].complete:
        parts.append(file.read())
    assert [line for part in parts for line in part.lines] == LEASES.splitlines()
    assert not any(part.fresh for part in parts[1:])


def test_a_file_that_is_missing_leaves_the_pools_unknown_and_is_named(tmp_path: Path) -> None:
    misfits = Misfits()
    assert DhcpdFiles(tmp_path / "leases", None, None).pools("main", AT, misfits) is None
    assert misfits.found == [f"{tmp_path / 'leases'}: No such file or directory"]


BALANCED = (
    "Nov 28 17:20:00 host dhcpd[12]: balanced pool 55a52baa14d0 10.9.0.0/24  total 40  free 20  backup 18  lts 0  "
    "max-misbal 6"
)


def test_the_pools_of_the_last_balance_in_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    other = BALANCED.replace("55a52baa14d0", "55a52baa1700").replace("total 40", "total 10")
    log.write_text(BALANCED.replace("free 20", "free 9") + "\n" + BALANCED + "\n" + other + "\nDHCPDISCOVER\n")
    (pool,) = DhcpdFiles(None, None, log).pools("backup", AT, Misfits()) or ()
    assert (pool.name, pool.total, pool.available, pool.other_available) == ("10.9.0.0/24", 50, 36, 40)
    assert pool.leased is None, "a balance does not count leases"


def test_a_start_of_the_server_makes_earlier_balances_void() -> None:
    found = Balances()
    found.feed([BALANCED, "Internet Systems Consortium DHCP Server 4.4.3-P1"])
    assert found.found == {}
