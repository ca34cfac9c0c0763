"""Failover on or off, and the roles, in one request: saved, logged and reloaded."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.api.editedserver import TEXT, EditedServer

PAIR = "pairs/pair"


@pytest.fixture
def server(tmp_path: Path) -> EditedServer:
    return EditedServer(tmp_path / "config.toml")


def pair_in(server: EditedServer) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(server.copies.path.read_text(encoding="utf-8"))["failover-pair"][0]
    return found


async def test_failover_is_switched_off_and_on_in_the_file_and_the_server_reloads(server: EditedServer) -> None:
    """R-045, R-212, R-231. The line has the person, who is not the login of the console, and the reason."""
    body = {"use": False, "operator": "kim", "reason": "one server is sold"}
    assert await server.ask("POST", f"{PAIR}/failover", body) == {"result": "reloading"}
    assert pair_in(server)["failover"] is False
    assert server.reloads == 1
    (line,) = server.lines
    assert "kim (as jo from " in line
    assert "failover-pair pair: add failover: false" in line
    assert "Reason: one server is sold." in line
    await server.ask("POST", f"{PAIR}/failover", {"use": True})
    assert pair_in(server)["failover"] is True
    assert (await server.ask("POST", f"{PAIR}/failover", {"use": True}))["result"] == "nothing to change"
    assert server.reloads == 2


async def test_the_roles_are_exchanged_once(server: EditedServer) -> None:
    """R-205, R-232."""
    assert (await server.ask("POST", f"{PAIR}/role", {"role": "main"}))["result"] == "nothing to change"
    await server.ask("POST", f"{PAIR}/role", {"role": "backup"})
    assert (pair_in(server)["main"], pair_in(server)["backup"]) == ("backup", "main")
    assert (await server.ask("POST", f"{PAIR}/role", {"role": "backup"}))["result"] == "nothing to change"
    assert server.reloads == 1


async def test_the_edits_of_another_administrator_stay_staged(server: EditedServer) -> None:
    await server.ask("PATCH", "objects/scope/lab", {"set": {"backup-pct": "30"}})
    await server.ask("POST", f"{PAIR}/failover", {"use": False})
    assert "backup-pct" not in server.copies.path.read_text(encoding="utf-8")
    staged = await server.ask("GET", "staged")
    assert staged["changes"] == ["scope lab: add backup-pct: 30"]
    await server.ask("POST", "save")
    assert pair_in(server)["failover"] is False


async def test_a_pair_that_another_administrator_deleted_stays_deleted_there(server: EditedServer) -> None:
    await server.ask("DELETE", "objects/failover-pair/pair")
    await server.ask("POST", f"{PAIR}/failover", {"use": False})
    assert pair_in(server)["failover"] is False
    assert any("failover-pair pair: remove" in each for each in (await server.ask("GET", "staged"))["changes"])


async def test_what_is_refused_changes_nothing(server: EditedServer) -> None:
    await server.ask("POST", f"{PAIR}/failover", {"use": False}, user="op", status=403)
    await server.ask("POST", f"{PAIR}/role", {"role": "boss"}, status=422)
    assert (
        "there is no failover-pair"
        in (await server.ask("POST", "pairs/other/failover", {"use": False}, status=404))["detail"]
    )
    server.copies.path.write_text(TEXT + "# by hand\n", encoding="utf-8")
    await server.ask("PATCH", "objects/scope/lab", {"set": {"backup-pct": "30"}})
    server.copies.path.write_text(TEXT + "# by hand again\n", encoding="utf-8")
    assert "changed by hand" in (await server.ask("POST", f"{PAIR}/failover", {"use": False}, status=409))["detail"]
    assert server.reloads == 0
    assert "failover" not in pair_in(server)


async def test_a_disk_that_fails_is_reported(server: EditedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    answer = await server.ask("POST", f"{PAIR}/failover", {"use": False}, status=503)
    assert "No space left" in answer["detail"]
    assert server.reloads == 0
    assert (await server.ask("GET", "staged"))["changes"] == []
