"""`pairwatch alarms`: the list, the quality of a range, planned silences; from a journal."""

import json
from pathlib import Path

import pytest

from console import cli
from console.journal.keeper import PinsKeeper
from console.journal.store import Journal
from console.model.observations import AlarmsKept, OperatorAction
from console.state.store import PictureStore
from tests.console.scenes import PAIR, ZONE, answer, empty, trap
from tests.console.test_cli import Site, now, site

__all__ = ["site"]


def journal_of(site: Site) -> Journal:
    return Journal.open(f"sqlite:///{site.folder / 'journal.db'}")


def run(site: Site, *arguments: str) -> int:
    command, *others = arguments
    sub = [others.pop(0)] if others and others[0] in ("kpi", "silence") else []
    return cli.run([command, *sub, "--config", site.config(), *others])


@pytest.fixture
def recorded(site: Site) -> Site:
    """Three hours: a poll a minute, an address conflict with an owner, and a link that was cut for a moment."""
    at, journal = now(), journal_of(site)
    polls = [answer(at=at - 60 * ago) for ago in range(180)]
    conflict = trap("address-conflict", at=at - 3600, contested_address="192.0.2.9")
    key = f"{PAIR}/address-conflict/192.0.2.9"
    journal.append(
        [
            *polls,
            AlarmsKept(at - 10_000, PAIR, ()),
            conflict,
            OperatorAction(at - 3500, PAIR, "jo", "acknowledge", key),
            trap("other-server-not-responding", at=at - 2000),
            trap("other-server-responding", at=at - 1980),
        ]
    )
    journal.close()
    return site


def test_the_list_has_owner_and_what_to_do(recorded: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(recorded, "alarms") == 0
    out = capsys.readouterr().out
    assert f"critical: {PAIR}: address-conflict: " in out
    assert "; owner jo" in out
    assert "other-server" not in out
    assert run(recorded, "alarms", "--all", "--json") == 0
    first, second = json.loads(capsys.readouterr().out)["alarms"]
    assert (first["owner"], first["level"], second["cleared"] is not None) == ("jo", "critical", True)
    assert first["to_do"].startswith("find both clients")


def test_without_a_journal_no_alarm_is_known(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(site, "alarms") == 1
    assert "no alarm is known" in capsys.readouterr().out


def test_the_quality_of_a_range(recorded: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(recorded, "alarms", "kpi", "--from", "-2h", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["raised"], found["announced"], found["not_announced"]["ended_first"]) == (2, 1, 1)
    assert found["per_hour"] == pytest.approx(0.5, rel=0.1)
    assert 99 < found["owned_after_seconds"] < 101
    assert run(recorded, "alarms", "kpi", "--from", "-2h") == 0
    assert "1 alarm announced" in capsys.readouterr().out


def test_a_range_that_was_recorded_in_part_is_reported_so(recorded: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(recorded, "alarms", "kpi", "--from", "-2d") == 0
    out = capsys.readouterr().out
    # The journal ends at the time of the fixture, the range a moment later.
    assert "Only 3 h" in out or "Only 2 h 59 min" in out
    assert "of 2 d" in out


def test_an_exceeded_limit_is_the_exit_status(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    at, journal = now(), journal_of(site)
    chatter = [
        trap(name, at=at - 600 + 5 * number + wait)
        for number in range(3)
        for wait, name in ((0, "ha-dns-config-error"), (2, "x"))
    ]
    many = [trap("address-conflict", at=at - 500 + n, contested_address=f"192.0.2.{n}") for n in range(3)]
    kinds = ("dns-queue-too-big", "failover-sync-failure", "ha-dns-partner-down", "secondary-zones-expired")
    others = [trap(name, at=at - 400 + n, by=by) for n, name in enumerate(kinds) for by in ("dhcp-a", "dhcp-b")]
    journal.append([answer(at=at - 5000), AlarmsKept(at - 5000, PAIR, ()), *chatter, *many, *others])
    journal.append([answer(at=at - 60 * ago) for ago in range(90)])
    journal.close()
    assert run(site, "alarms", "kpi", "--from", "-80m") == 1
    assert "TOO MANY" in capsys.readouterr().out


def test_a_planned_silence_is_in_the_journal_until_it_is_removed(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    journal_of(site).close()
    assert run(site, "alarms", "silence", "works", f"sat 02:00-04:00; pair {PAIR}; patching") == 0
    assert f"works: sat 02:00-04:00 Europe/Berlin; pair {PAIR}; patching" in capsys.readouterr().out
    assert '"plan-silence"' in (site.folder / "audit.log").read_text(encoding="utf-8")
    assert run(site, "alarms", "silence") == 0
    assert "works: " in capsys.readouterr().out
    assert run(site, "alarms", "silence", "works", "--remove") == 0
    assert capsys.readouterr().out == ""
    assert run(site, "alarms", "silence", "works", "--remove") == 1
    assert run(site, "alarms", "silence", "works", "sat 02:00-04:00; everything") == 1
    assert "write pair NAME" in capsys.readouterr().err


def test_notes_and_plans_outlast_the_entries_of_the_journal(tmp_path: Path) -> None:
    """The journal drops entries after some days; a note is there until it is removed."""
    journal = Journal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    begun = 1_784_000_000.0
    store = PictureStore(empty(), lambda: begun, ZONE)
    store.observe(OperatorAction(begun, PAIR, "jo", "pin-note", "n1", {"text": "do not start dhcp-a", "at": begun}))
    keeper = PinsKeeper()
    journal.append([OperatorAction(begun, PAIR, "jo", "pin-note", "n1", {"text": "do not start dhcp-a", "at": begun})])
    later = begun + 30 * 86_400
    for at in (begun + 1, begun + 2, later):
        journal.append(list(keeper.due(store.picture, at)))
    assert journal.forget(later - 86_400) == 2, "the change itself and one copy; none is kept without a change"
    read = PictureStore(empty(), lambda: later, ZONE)
    read.recall(journal.recall(later + 10, later + 20, upto=journal.last()))
    (note,) = read.picture.pairs[PAIR].notes.values()
    assert (note.at, note.who, note.text) == (begun, "jo", "do not start dhcp-a")
    gone = OperatorAction(later + 30, PAIR, "sam", "unpin-note", "n1")
    store.observe(gone)
    journal.append([gone, *keeper.due(store.picture, later + 31)])
    again = PictureStore(empty(), lambda: later, ZONE)
    again.recall(journal.recall(later + 40, later + 50, upto=journal.last()))
    assert again.picture.pairs[PAIR].notes == {}
    journal.close()
