"""`pairwatch runbook`: a runbook is followed from the shell, with the guards of the screen."""

import json
from typing import Any

import pytest

from console import cli
from console.journal.store import Journal
from console.model.observations import OperatorAction
from tests.console.scenes import BACKUP, MAIN, PAIR
from tests.console.stand_in import PASSWORD
from tests.console.test_cli import Site, site

__all__ = ["site"]

BOOK = "planned-restart"
Output = pytest.CaptureFixture[str]


def runbook(site: Site, *words: str) -> int:
    command, *options = words
    return cli.run(["runbook", command, "--config", site.config(), *options])


def steps(site: Site, capsys: Output) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    assert runbook(site, "show", "--json", BOOK, PAIR) == 0
    return {each["key"]: each for each in map(json.loads, capsys.readouterr().out.splitlines())}


def test_the_fitting_runbooks_come_first(site: Site, capsys: Output) -> None:
    assert runbook(site, "list", PAIR) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"{BOOK} ")
    assert "[matches]" in first
    site.kill(MAIN)
    assert runbook(site, "list", "--json", PAIR) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found == sorted(found, key=lambda each: -each["fit"])
    assert found[0]["started"] is None


def test_a_started_runbook_records_what_the_servers_show(site: Site, capsys: Output) -> None:
    assert steps(site, capsys)["before"]["mark"] is None
    assert runbook(site, "start", BOOK, PAIR) == 0
    assert "Planned restart on example-pair: active" in capsys.readouterr().out
    found = steps(site, capsys)
    assert (found["before"]["status"], found["before"]["mark"]["how"]) == ("done", "seen")
    assert found["stop-backup"]["status"] == "current"
    assert found["stop-backup"]["action"] == {"action": "stop", "server": BACKUP, "subject": "short"}
    assert found["covered-backup"]["status"] == "later"
    assert runbook(site, "start", BOOK, PAIR) == 4
    assert "was started already" in capsys.readouterr().err


def test_the_action_of_a_step_is_the_guarded_action(
    site: Site, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step itself is not marked: its condition is."""
    monkeypatch.setattr("console.actions.execute.VERIFY_SECONDS", 0.01)
    runbook(site, "start", BOOK, PAIR)
    assert runbook(site, "act", "--dry-run", BOOK, PAIR) == 0
    assert not site.backup.bodies
    assert "PAUSED" in capsys.readouterr().out
    runbook(site, "act", "--yes", BOOK, PAIR)
    assert site.backup.bodies == [{"absence": "short"}]
    assert not site.main.bodies
    site.kill(MAIN)
    assert runbook(site, "act", "--yes", BOOK, PAIR) == 4
    assert f"the runbook waits at a gate: no longer: cannot see {MAIN}" in capsys.readouterr().err
    assert len(site.backup.bodies) == 1


def test_a_step_that_nothing_shows_needs_a_word_and_that_is_recorded(site: Site, capsys: Output) -> None:
    config = site.config()
    runbook(site, "start", BOOK, PAIR)
    assert runbook(site, "done", BOOK, PAIR) == 4
    assert "not seen" in capsys.readouterr().err
    assert runbook(site, "done", "--yes", BOOK, PAIR) == 0
    assert steps(site, capsys)["stop-backup"]["mark"]["how"] == "done unseen"
    assert runbook(site, "undo", BOOK, PAIR) == 0
    assert steps(site, capsys)["stop-backup"]["mark"] is None
    assert runbook(site, "undo", BOOK, PAIR) == 4
    journal = Journal.open(f"sqlite:///{site.folder / 'journal.db'}")
    marks = [each for each in journal.actions(0, 1e12) if isinstance(each, OperatorAction)]
    journal.close()
    assert [each.action for each in marks][:3] == ["runbook-start", "runbook-step", "runbook-step"]
    audited = [json.loads(line) for line in (site.folder / "audit.log").read_text().splitlines()]
    assert [each["action"] for each in audited] == [each.action for each in marks]
    assert PASSWORD not in (site.folder / "audit.log").read_text()
    assert config


def test_a_gate_is_neither_ticked_nor_skipped(site: Site, capsys: Output) -> None:
    site.kill(BACKUP)
    runbook(site, "start", BOOK, PAIR)
    assert runbook(site, "done", "--yes", BOOK, PAIR) == 4
    assert "this is a gate" in capsys.readouterr().err
    assert runbook(site, "skip", "--reason", "no time", BOOK, PAIR) == 4
    assert "cannot be skipped" in capsys.readouterr().err


def test_a_skipped_step_has_a_reason_and_an_ended_runbook_has_no_marks(site: Site, capsys: Output) -> None:
    runbook(site, "start", BOOK, PAIR)
    assert runbook(site, "skip", BOOK, PAIR) == 2
    assert runbook(site, "skip", "--reason", "it is down already", BOOK, PAIR) == 0
    assert "skipped" in capsys.readouterr().out
    assert runbook(site, "end", BOOK, PAIR) == 0
    assert all(each["mark"] is None for each in steps(site, capsys).values())


@pytest.mark.parametrize("command", ["act", "done", "end"])
def test_a_runbook_is_started_first(site: Site, capsys: Output, command: str) -> None:
    assert runbook(site, command, BOOK, PAIR) == 4
    assert "was not started" in capsys.readouterr().err


def test_an_unknown_runbook_is_refused_with_those_that_exist(site: Site, capsys: Output) -> None:
    assert runbook(site, "show", "planned-party", PAIR) == 1
    assert BOOK in capsys.readouterr().err
