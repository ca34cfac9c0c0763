"""`pairwatch leases`: both partners in one list, its filters and forms, and a server that cannot be read."""

import csv
import json
from typing import Any

import pytest

from console import cli
from console.commands.leases import COLUMNS
from tests.console.insight.test_lease import lease
from tests.console.scenes import BACKUP, MAIN, NOW, pool, text
from tests.console.scenes import status as status_of
from tests.console.test_cli import Site, alone, now, site

__all__ = ["site"]


@pytest.fixture
def leased(site: Site) -> Site:
    """Five leases at the main, in pages of two; the backup lacks one and has another state of one."""
    records = [
        lease(address=f"192.0.2.{number}", potential_acked=None, hardware=f"1,6,02:00:00:00:00:0{number}")
        for number in range(1, 6)
    ]
    records[0]["host_name"] = "printer"
    site.main.leases = records
    site.backup.leases = [*records[:3], records[3] | {"binding_status": "EXPIRED", "state": "pending-available"}]
    return site


def listed(site: Site, *arguments: str, status: int = 0) -> None:
    assert cli.run(["leases", "--config", site.config(), *arguments]) == status


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_both_servers_are_joined_over_all_pages(leased: Site, capsys: pytest.CaptureFixture[str]) -> None:
    listed(leased, "--json")
    found = objects(capsys)
    assert [each["address"] for each in found] == [f"192.0.2.{number}" for number in range(1, 6)]
    assert found[0]["states"] == {MAIN: "leased", BACKUP: "leased"}
    assert [each["differs"] for each in found] == [[], [], [], ["state"], ["state"]]
    assert found[4]["states"] == {MAIN: "leased", BACKUP: None}
    assert found[0]["host_name"] == "printer"


def test_the_text_has_the_states_of_both_and_what_differs(leased: Site, capsys: pytest.CaptureFixture[str]) -> None:
    listed(leased, "--differing")
    first, second = capsys.readouterr().out.splitlines()
    assert f"{MAIN}=leased {BACKUP}=pending-available" in first
    assert f"{MAIN}=leased {BACKUP}=no-record" in second
    assert first.endswith("DIFFERS: state")


@pytest.mark.parametrize(
    ("arguments", "addresses"),
    [
        (("--mac", "00:00:03"), ["192.0.2.3"]),
        (("--name", "print"), ["192.0.2.1"]),
        (("--address", "192.0.2.5"), ["192.0.2.5"]),
        (("--state", "expired"), ["192.0.2.4"]),
        (("--scope", "scope-1"), []),
        (("--alone",), []),
    ],
)
def test_a_filter_is_applied(
    arguments: tuple[str, ...], addresses: list[str], leased: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(leased, "--json", *arguments)
    assert [each["address"] for each in objects(capsys)] == addresses


def test_the_shortest_leads_come_first(leased: Site, capsys: pytest.CaptureFixture[str]) -> None:
    at = now()
    for number, record in enumerate(leased.main.leases):
        record.update(potential_acked=text(at + 1000 * (5 - number // 2)), client_last_transaction=text(at))
    leased.backup.status = status_of(BACKUP, at)
    leased.main.status = status_of(MAIN, at)
    listed(leased, "--json", "--shortest-lead", "3")
    found = objects(capsys)
    assert [each["address"] for each in found][:1] == ["192.0.2.5"]
    assert len(found) == 3
    leads = [each["lead_left"] for each in found]
    assert leads == sorted(leads)


def test_leases_given_since_contact_was_lost(leased: Site, capsys: pytest.CaptureFixture[str]) -> None:
    leased.main.status = alone(MAIN)
    leased.backup.status = alone(BACKUP)
    leased.main.leases[1]["client_last_transaction"] = text(now() - 60)
    for record in (leased.main.leases[0], *leased.main.leases[2:]):
        record["client_last_transaction"] = text(now() - 6000)
    leased.backup.leases = []
    listed(leased, "--json", "--alone")
    assert [each["address"] for each in objects(capsys)] == ["192.0.2.2"]


def test_a_server_that_cannot_be_read_is_named_and_nothing_is_compared(
    leased: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    leased.kill(BACKUP)
    listed(leased, "--json", status=1)
    out = capsys.readouterr()
    found = [json.loads(line) for line in out.out.splitlines()]
    assert len(found) == 5
    assert all(each["differs"] is None and each["unread"] == [BACKUP] for each in found)
    assert f"{BACKUP}: no leases: Connection refused" in out.err


def test_pages_that_do_not_go_on_end_the_reading(leased: Site, capsys: pytest.CaptureFixture[str]) -> None:
    circle = {"leases": [], "next": "192.0.2.9"}
    leased.backup.lease_page = lambda query: circle  # type: ignore[method-assign]
    listed(leased, status=1)
    assert "do not go on after 192.0.2.9" in capsys.readouterr().err


def test_csv_has_a_head_and_no_formula_of_a_client(leased: Site, capsys: pytest.CaptureFixture[str]) -> None:
    leased.main.leases[0]["host_name"] = '=HYPERLINK("http://x","y")'
    listed(leased, "--csv")
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["host_name"].startswith("'=")
    assert rows[4]["states"] == f"{MAIN}=leased {BACKUP}=no-record"


def test_an_unknown_scope_is_an_error(leased: Site, capsys: pytest.CaptureFixture[str]) -> None:
    listed(leased, "--scope", "nope", status=1)
    assert "there is no scope 'nope'" in capsys.readouterr().err


def test_prefixes_are_named_as_not_listed(leased: Site, capsys: pytest.CaptureFixture[str]) -> None:
    leased.main.status = status_of(MAIN, NOW, pools=[pool("wifi", 9, 9, 250), pool("pd", 1, 1, 4, family="dhcp6")])
    listed(leased, status=1)
    assert f"{MAIN}: its leases of pd cannot be listed" in capsys.readouterr().err
