"""A pair whose main begins with the leases of another server."""

import time
from pathlib import Path

import pytest

from dhcpserver.migration.command import Files, carry_over
from tests.live.pair import LivePair, RelayedClient, eventually

pytestmark = pytest.mark.live

CONFIGURATION = """
default-lease-time 600;
subnet 10.9.0.0 netmask 255.255.0.0 { range 10.9.1.0 10.9.1.199; }
"""


def test_imported_leases_are_kept_and_sent_to_the_partner(tmp_path: Path, client: RelayedClient) -> None:
    """A client of the old server keeps its address, and the partner has the lease before anything else happens."""
    (tmp_path / "dhcpd.conf").write_text(CONFIGURATION)
    hardware = client.hardware.hex(":")
    ends = time.strftime("%w %Y/%m/%d %H:%M:%S", time.gmtime(time.time() + 3600))
    (tmp_path / "dhcpd.leases").write_text(
        f"lease 10.9.1.77 {{ starts epoch 1700000000; ends {ends}; binding state active; "
        f"hardware ethernet {hardware}; }}\n"
    )
    files = Files("isc", tmp_path / "dhcpd.conf", tmp_path / "dhcpd.leases", tmp_path / "data", "main")
    assert carry_over(files, time.time()).leases == 1
    pair = LivePair(tmp_path)
    (tmp_path / "data" / "leases.db").rename(pair.main.directory / "leases.db")
    try:
        pair.start()
        eventually(
            "the backup has the lease",
            lambda: (pair.backup.lease("10.9.1.77") or {}).get("binding_status") == "ACTIVE",
        )
        assert client.get(pair.main) == "10.9.1.77"
    finally:
        pair.stop()
