"""What a configuration has that can work and is not advised."""

from pathlib import Path

import pytest

from dhcpserver.config.advice import advice
from dhcpserver.config.document import read
from dhcpserver.main import check
from dhcpserver.runtime.exposure import exposed
from dhcpserver.runtime.precheck import Asked

PAIR = """
[[cluster]]
name = "a"
ipaddr = "127.0.0.11"
[[cluster]]
name = "b"
ipaddr = "127.0.0.12"
[[failover-pair]]
name = "p"
main = "a"
backup = "b"
backup-pct = 20
"""
DYNAMIC = "bootp = true\ndynamic-bootp = true\n"
MORE = "dynamic-bootp-backup-pct = 60\n"


def text(*scopes: str, pair: str = "") -> str:
    own = [
        f'[[scope]]\nname = "s{number}"\nsubnet = "10.{number}.0.0/24"\n'
        f'ranges = ["10.{number}.0.10-10.{number}.0.99"]\n{scope}'
        for number, scope in enumerate(scopes)
    ]
    return '[server]\nname = "a"\n' + pair + "".join(own)


def places(written: str) -> list[str]:
    return [where for where, _ in advice(read(written))]


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (DYNAMIC, ["scope[0].dynamic-bootp"]),
        (DYNAMIC + "dhcp = false\n", []),
        (DYNAMIC + "deactivated = true\n", []),
        ("bootp = true\n", []),
        ("", []),
    ],
)
def test_dynamic_bootp_beside_dhcp_is_not_advised(scope: str, found: list[str]) -> None:
    """R-248, R-252: dynamic BOOTP has a scope of its own, with DHCP off."""
    assert places(text(scope)) == found


def test_a_link_needs_one_scope_of_dynamic_bootp() -> None:
    """R-252: one scope for each LAN segment; secondary subnets are on the same one."""
    alone = DYNAMIC + "dhcp = false\n"
    same = alone + 'primary-subnet = "10.0.0.0/24"\n'
    assert places(text(alone, alone)) == []
    assert places(text(alone, same)) == ["scope[1].dynamic-bootp"]
    assert places(text("", same)) == []


def test_the_backup_needs_more_addresses_of_such_scopes() -> None:
    """R-249: they are never used by the partner."""
    alone = DYNAMIC + "dhcp = false\n"
    assert places(text(alone, pair=PAIR)) == ["failover-pair[0].dynamic-bootp-backup-pct"]
    assert places(text(alone, pair=PAIR + MORE)) == []
    assert places(text(alone + "backup-pct = 70\n", pair=PAIR)) == [], "the scope has its own percentage"
    assert places(text("", pair=PAIR)) == []


def test_advice_is_shown_by_the_check_and_at_each_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text(DYNAMIC))
    assert check(None, path, Asked()) == 0
    assert "scope[0].dynamic-bootp: dynamic BOOTP leases never end" in capsys.readouterr().out
    assert [line.id for line in exposed(read(path.read_text()), path)] == [18246]
