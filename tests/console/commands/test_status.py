"""`pairwatch status` as a monitoring plugin: what it prints, its exit status, and what it never calls OK."""

import json
from pathlib import Path
from typing import Any

import pytest

from console import cli
from console.journal.store import Journal
from console.model.observations import OperatorAction
from tests.console.scenes import BACKUP, MAIN, PAIR, pool, trap
from tests.console.scenes import status as status_of
from tests.console.test_cli import Site, alone, now, site

__all__ = ["site"]


def test_status_of_a_healthy_pair_is_ok(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["status", "--config", site.config()]) == 0
    out = capsys.readouterr()
    assert out.out.startswith("OK - example-pair: both NORMAL | 'example-pair/dhcp-a/free'=975;;;0;4346")
    assert out.err == ""


def test_status_json_has_the_documented_fields(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.kill(MAIN)
    site.backup.status = alone(BACKUP)
    assert cli.run(["--config", site.config(), "status", "--json", PAIR]) == 2
    (pair,) = json.loads(capsys.readouterr().out)["pairs"]
    assert pair["severity"] == "critical"
    main, backup = pair["servers"]
    assert (main["reachable"], main["error"].split(" (")[0]) == (False, "Connection refused")
    assert 13700 < backup["safe_period_remaining"] <= 13800
    kinds = {alarm["kind"] for alarm in pair["alarms"]}
    assert {"other-server-not-responding", "server-unreachable"} <= kinds


def test_status_without_any_answer_is_critical(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.kill(MAIN)
    site.kill(BACKUP)
    assert cli.run(["status", "--config", site.config()]) == 2
    assert capsys.readouterr().out.startswith("CRITICAL - example-pair: No answer from dhcp-a or dhcp-b: SERVICE UNK")


@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "--config", "/nope.toml"],
        ["--config", "/nope.toml", "status"],
        ["status", "--jsno"],
        ["status", "--config"],
        ["status", "too", "many"],
    ],
)
def test_status_that_cannot_run_is_unknown_to_a_monitoring_system(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 3
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("UNKNOWN - ")
    assert len(first) > 20


def test_status_with_an_unknown_pair_or_without_its_password_is_unknown(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    config = site.config()
    assert cli.run(["status", "--config", config, "other"]) == 3
    assert capsys.readouterr().out.startswith("UNKNOWN - no pair 'other' is configured")
    (site.folder / "password").unlink()
    assert cli.run(["status", "--config", config]) == 3
    assert capsys.readouterr().out.startswith("UNKNOWN - cannot read the password file of dhcp-a")
    Path(config).write_text("[[pair]]\nname = 7\n", encoding="utf-8")
    assert cli.run(["status", "--config", config]) == 3
    assert capsys.readouterr().out.startswith("UNKNOWN - ")


def test_a_failure_of_the_program_is_unknown_too(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("console.commands.status.plugin_line", broken)
    assert cli.run(["status", "--config", site.config()]) == 3
    out = capsys.readouterr()
    assert out.out == "UNKNOWN - pairwatch failed, please report it: ZeroDivisionError: by zero\n"
    assert "Traceback" not in out.err


def test_status_has_the_alarms_owners_and_silences_of_the_journal(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """An alarm that came by trap is in no poll."""
    config = site.config()
    journal = Journal.open(f"sqlite:///{site.folder / 'journal.db'}")
    at = now() - 5
    conflict = trap("address-conflict", at=at, address="192.0.2.7")
    key = f"{PAIR}/address-conflict/192.0.2.7"
    journal.append([conflict, OperatorAction(at + 1, PAIR, "jo", "acknowledge", key, {"comment": "mine"})])
    assert cli.run(["status", "--json", "--config", config]) == 2
    document = json.loads(capsys.readouterr().out)
    (alarm,) = [each for each in document["pairs"][0]["alarms"] if each["kind"] == "address-conflict"]
    assert (alarm["owner"], alarm["sources"], document["journal"]) == ("jo", ["trap"], "read")
    assert document["pairs"][0]["severity"] == "critical"
    assert "address-conflict" in document["pairs"][0]["summary"]
    until = {"until": at + 9000, "reason": "known"}
    journal.append([OperatorAction(at + 2, PAIR, "jo", "suppress", key, until)])
    journal.close()
    assert cli.run(["status", "--config", config]) == 2
    assert "(acknowledged by jo) (silenced)" in capsys.readouterr().out


MISFITS: dict[str, tuple[dict[str, Any], str]] = {
    "S1 a new state": ({"state": "HIBERNATING"}, "HIBERNATING"),
    "S1 lower case": ({"state": "normal"}, "normal"),
    "S1 null": ({"state": None}, "state"),
    "S2 words for numbers": ({"unacked_updates": "many"}, "unacked_updates is 'many'"),
    "S3 year 1": ({"state_since": "0001-01-01T00:00:00Z"}, "state_since"),
    "S4 no pools": ({"pools": []}, "no pool has an address"),
    "S4 an object": ({"pools": {}}, "pools is {}"),
    "S4 empty pools": ({"pools": [pool("a", 0, 0, 0)]}, "no pool has an address"),
    "S6 year 9999": ({"last_contact": "9999-12-31T00:00:00Z"}, "last_contact"),
    "S6 infinite": ({"mclt": float("inf")}, "mclt is inf"),
    "S6 huge": ({"pools": [pool("a", leased=10**400)]}, "leased is 1000"),
    "S6 lots": ({"max_unacked_updates": "lots"}, "max_unacked_updates is 'lots'"),
    "S6 a transfer": ({"resync": {"kind": "x", "direction": "sending", "done": 1, "total": "many"}}, "resync"),
    "S7 not a number": ({"time_skew": float("nan")}, "time_skew is nan"),
    "S9 communications": ({"communications": "banana"}, "communications is 'banana'"),
    "S9 failover off": ({"failover": False}, "failover is switched off"),
    "S9 serving": ({"serving": "false"}, "serving is 'false'"),
    "S9 another role": ({"role": "backup"}, "is configured here as main and reports the role backup"),
    "S9 more than all": ({"pools": [pool("a", 300, 0, 250)]}, "pool a has 250 addresses and counts 300"),
    "another server": ({"server_name": "dhcp-x"}, "dhcp-a reports the name dhcp-x"),
    "another partner": ({"partner_name": "dhcp-x"}, "reports the partner dhcp-x and not dhcp-b"),
    "a state that the partner denies": ({"partner_state": "RECOVER"}, "reports dhcp-b as RECOVER"),
    "contact denied": ({"communications": "interrupted"}, "is NORMAL and reports no contact"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_status_is_unknown_where_an_answer_does_not_fit(
    name: str, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    changes, words = MISFITS[name]
    site.main.status = status_of(MAIN, now(), **changes)
    assert cli.run(["status", "--config", site.config()]) == 3
    out = capsys.readouterr()
    assert out.out.startswith("UNKNOWN - ")
    assert words in out.out
    assert out.err == ""


def test_status_says_what_it_cannot_know_without_a_journal(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    config = site.config()
    assert cli.run(["status", "--config", config]) == 0
    assert "alarms from traps and logs, acknowledgements and silences are not known" in capsys.readouterr().out
    assert not (site.folder / "journal.db").exists(), "a plugin creates no journal"
    (site.folder / "journal.db").write_bytes(b"garbage" * 1000)
    assert cli.run(["status", "--config", config]) == 3
    out = capsys.readouterr().out
    assert out.startswith("UNKNOWN - ")
    assert "cannot read the journal" in out
