"""`/api/v1/config`: the catalogue, objects, edits, save, preview and synchronisation, by the real application."""

import tomllib
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from dhcpserver.config.registry import CLASSES
from dhcpserver.leases.lease import Status
from tests.api.editedserver import TEXT, EditedServer


@pytest.fixture
def server(tmp_path: Path) -> EditedServer:
    return EditedServer(tmp_path / "config.toml")


def content(server: EditedServer) -> str:
    return server.copies.path.read_text(encoding="utf-8")


async def test_the_catalogue_has_every_class_and_attribute(server: EditedServer) -> None:
    """Completion and help of the command language are made from it."""
    found = {each["name"]: each for each in (await server.ask("GET", "classes", user="looker"))["classes"]}
    assert found.keys() == CLASSES.keys()
    scope = {each["name"]: each for each in found["scope"]["attributes"]}
    assert scope["backup-pct"] == {
        "name": "backup-pct",
        "expected": "percent, 0 to 100",
        "default": None,
        "help": "the backup's percentage here, instead of the pair's; 0: none",
        "visibility": "normal",
        "required": False,
        "secret": False,
        "list": False,
        "words": [],
        "refers_to": None,
        "sync": "Scopes",
        "rule": "R-047",
    }
    assert (scope["policy"]["refers_to"], scope["policy"]["default"]) == ("policy", "default")
    assert scope["dhcp"]["words"] == ["true", "false"]
    assert scope["reservations"]["list"]
    assert found["scope.reservations"]["parent"] == "scope"
    assert found["server"]["single"]


async def test_objects_are_shown_without_secrets(server: EditedServer) -> None:
    pair = await server.ask("GET", "objects/failover-pair/pair", user="looker")
    assert pair["values"] == {"name": "pair", "main": "main", "backup": "backup", "mclt": "1h"}
    assert pair["secrets"] == ["shared-secret"]
    users = await server.ask("GET", "objects/user?limit=2", user="looker")
    assert [(each["name"], each["secrets"]) for each in users["objects"]] == [
        ("jo", ["password"]),
        ("op", ["password"]),
    ]
    assert users["next"] == 2
    rest = await server.ask("GET", "objects/user?after=2", user="looker")
    assert ([each["name"] for each in rest["objects"]], rest["next"]) == (["looker"], None)
    assert (await server.ask("GET", "objects/server/-"))["values"] == {"name": "main"}
    assert "did you mean scope" in (await server.ask("GET", "objects/scop", status=404))["detail"]
    assert "there is no scope" in (await server.ask("GET", "objects/scope/attic", status=404))["detail"]


async def test_an_edit_is_staged_saved_and_waits_for_a_reload(server: EditedServer) -> None:
    """The file is written by save alone, with its comments."""
    await server.ask("POST", "objects/scope", {"name": "hall", "values": {"subnet": "10.0.2.0/24"}}, status=201)
    edited = await server.ask("PATCH", "objects/failover-pair/PAIR", {"set": {"mclt": "2h", "backup-pct": "30"}})
    assert edited["values"]["mclt"] == "2h"
    assert content(server) == TEXT
    staged = await server.ask("GET", "staged", user="looker")
    assert staged["changes"] == [
        "failover-pair pair: replace mclt: 1h -> 2h",
        "failover-pair pair: add backup-pct: 30",
        "scope hall: add",
    ]
    assert (staged["faults"], staged["saved"], staged["running"], staged["file_changed"]) == ([], False, True, False)
    saved = await server.ask("POST", "save")
    assert saved["changes"] == staged["changes"]
    assert 'mclt = "2h"      # equal on both' in content(server)
    staged = await server.ask("GET", "staged")
    assert (staged["changes"], staged["saved"], staged["running"]) == ([], True, False)
    assert server.copies.path.with_name("config.toml.1").read_text(encoding="utf-8") == TEXT
    assert server.lines == [
        "Configuration edited by jo from 127.0.0.1: scope hall: add.",
        "Configuration edited by jo from 127.0.0.1: failover-pair pair: replace mclt: 1h -> 2h; "
        "failover-pair pair: add backup-pct: 30.",
        "Configuration saved by jo from 127.0.0.1: failover-pair pair: replace mclt: 1h -> 2h; "
        "failover-pair pair: add backup-pct: 30; scope hall: add. A reload applies it.",
    ]


async def test_every_fault_of_an_edit_names_its_attribute(server: EditedServer) -> None:
    answer = await server.ask(
        "PATCH", "objects/scope/lab", {"set": {"backup-pct": "lots", "polcy": "x", "policy": "y"}}, status=422
    )
    assert [(each["field"], each["seen"]) for each in answer["errors"]] == [
        ("backup-pct", "lots"),
        ("polcy", None),
        ("policy", "y"),
    ]
    assert (await server.ask("GET", "staged"))["saved"]
    secret = await server.ask("PATCH", "objects/failover-pair/pair", {"set": {"shared-secret": "hush"}}, status=422)
    assert "hush" not in str(secret)


async def test_a_configuration_with_faults_is_not_saved(server: EditedServer) -> None:
    await server.ask("PATCH", "objects/scope/lab", {"set": {"subnet": "10.9.0.0/24"}})
    staged = await server.ask("GET", "staged")
    assert staged["faults"] == [
        {
            "of": "scope",
            "name": "lab",
            "attribute": "ranges 10.0.1.10-10.0.1.20",
            "text": "10.0.1.10-10.0.1.20 is not inside the subnet 10.9.0.0/24",
        }
    ]
    answer = await server.ask("POST", "save", status=422)
    assert answer["errors"][0]["field"] == "scope lab: ranges 10.0.1.10-10.0.1.20"
    assert content(server) == TEXT
    dropped = await server.ask("POST", "discard")
    assert dropped["changes"] == ["scope lab: replace subnet: 10.0.1.0/24 -> 10.9.0.0/24"]
    assert (await server.ask("GET", "staged"))["saved"]


async def test_two_operators_do_not_overwrite_each_other(server: EditedServer) -> None:
    version = (await server.ask("GET", "objects/scope/lab"))["version"]
    await server.ask("PATCH", "objects/scope/lab", {"set": {"backup-pct": 5}, "version": version})
    again = {"set": {"backup-pct": 6}, "version": version}
    assert "another edit" in (await server.ask("PATCH", "objects/scope/lab", again, status=409))["detail"]
    await server.ask("DELETE", f"objects/scope/lab?version={version}", status=409)
    assert (await server.ask("GET", "objects/scope/lab"))["values"]["backup-pct"] == 5


async def test_a_file_that_was_changed_by_hand_is_followed_or_not_overwritten(server: EditedServer) -> None:
    by_hand = TEXT.replace("10.0.1.10-10.0.1.20", "10.0.1.10-10.0.1.99")
    server.copies.path.write_text(by_hand, encoding="utf-8")
    assert (await server.ask("GET", "objects/scope/lab"))["values"]["ranges"] == ["10.0.1.10-10.0.1.99"]
    await server.ask("PATCH", "objects/scope/lab", {"set": {"backup-pct": 5}})
    server.copies.path.write_text(by_hand + "# more\n", encoding="utf-8")
    assert (await server.ask("GET", "staged"))["file_changed"]
    assert "discard the staged changes" in (await server.ask("POST", "save", status=409))["detail"]
    assert content(server) == by_hand + "# more\n"
    await server.ask("POST", "discard")
    await server.ask("PATCH", "objects/scope/lab", {"set": {"backup-pct": 5}})
    await server.ask("POST", "save")
    assert content(server).endswith("# more\n")


async def test_an_object_that_is_named_is_not_deleted(server: EditedServer) -> None:
    assert "named by scope lab" in (await server.ask("DELETE", "objects/policy/guest", status=409))["detail"]
    await server.ask("DELETE", "objects/scope/lab")
    await server.ask("DELETE", "objects/policy/guest")
    await server.ask("POST", "objects/cluster", {"name": "MAIN", "values": {}}, status=409)


def lease(server: EditedServer, address: str, status: Status) -> None:
    record = server.core.book.record(int(IPv4Address(address)))
    assert record is not None
    record.status = status


@pytest.mark.requirement("R-228")
async def test_a_preview_counts_the_leases_that_a_reload_forgets(server: EditedServer) -> None:
    """R-228: all state of a scope is lost by a reload without it."""
    for number, status in ((10, Status.ACTIVE), (11, Status.ACTIVE), (12, Status.EXPIRED), (13, Status.FREE)):
        lease(server, f"10.0.1.{number}", status)
    none = await server.ask("POST", "preview", user="op")
    assert none == {"changes": [], "faults": [], "losses": []}
    await server.ask("PATCH", "objects/scope/lab", {"set": {"ranges": "10.0.1.11-10.0.1.20", "name": "laboratory"}})
    found = await server.ask("POST", "preview")
    assert found["losses"] == [{"of": "scope", "name": "lab", "leases": 1, "active": 1}]
    await server.ask("DELETE", "objects/scope/laboratory")
    found = await server.ask("POST", "preview")
    assert found["losses"] == [{"of": "scope", "name": "lab", "leases": 3, "active": 2}]
    assert found["changes"] == ["scope lab: remove"]
    assert (await server.ask("POST", "preview?copy=saved"))["losses"] == []


@pytest.mark.requirement("R-071")
async def test_a_synchronisation_is_reported_then_staged(server: EditedServer, tmp_path: Path) -> None:
    """R-071, R-072: the report lists every change; what is applied waits for save and reload."""
    (tmp_path / "other").mkdir()
    text = TEXT.replace('name = "main"\n\n[[user]]', 'name = "backup"\n\n[[user]]').replace("10.0.1.20", "10.0.1.30")
    source = EditedServer(tmp_path / "other" / "config.toml", text)
    document = (await source.ask("GET", "document"))["document"]
    assert document == tomllib.loads(text)
    report = await server.ask("POST", "sync", {"source": document, "operation": "exact"})
    assert report["changes"] == ["scope lab: replace ranges: [10.0.1.10-10.0.1.20] -> [10.0.1.10-10.0.1.30] (Scopes)"]
    assert (report["applied"], report["counts"]) == (False, {"add": 0, "replace": 1, "remove": 0})
    assert (await server.ask("GET", "staged"))["saved"]
    apply = {"source": document, "operation": "exact", "apply": True, "target": report["target"]}
    assert (await server.ask("POST", "sync", apply))["changes"] == report["changes"]
    assert (await server.ask("GET", "staged"))["changes"] == [
        "scope lab: replace ranges: [10.0.1.10-10.0.1.20] -> [10.0.1.10-10.0.1.30]"
    ]
    assert "a new one" in (await server.ask("POST", "sync", apply, status=409))["detail"]
    assert server.lines == [
        "Failover sync exact backup-to-main by jo from 127.0.0.1: +0 ~1 -0; save and reload of main required."
    ]
    wrong = {"source": {"server": {}}, "operation": "exact"}
    assert (await server.ask("POST", "sync", wrong, status=422))["errors"][0]["field"] == "server: name"


@pytest.mark.requirement("R-060")
async def test_an_unknown_operation_is_refused(server: EditedServer) -> None:
    """R-060: update, complete and exact."""
    await server.ask("POST", "sync", {"source": {}, "operation": "merge"}, status=422)


CHANGING = [
    ("POST", "objects/scope"),
    ("PATCH", "objects/scope/lab"),
    ("DELETE", "objects/scope/lab"),
    ("POST", "discard"),
    ("POST", "save"),
    ("POST", "sync"),
]


@pytest.mark.parametrize(("method", "path"), [*CHANGING, ("GET", "document")])
async def test_changes_and_secrets_need_the_role_expert(server: EditedServer, method: str, path: str) -> None:
    """Before the body is read; a viewer reads the rest."""
    for user in ("looker", "op"):
        answer = await server.ask(method, path, status=403, user=user)
        assert "needs the role expert" in answer["detail"]


async def test_a_whole_configuration_may_be_longer_than_other_bodies(server: EditedServer) -> None:
    source: dict[str, Any] = tomllib.loads(TEXT)
    source["scope"] = [{"name": f"scope {number}", "subnet": f"10.1.{number}.0/24"} for number in range(250)]
    for each in source["scope"]:
        each["options"] = {"domain-search": ["x" * 50 + ".example.com"] * 4}
    report = await server.ask("POST", "sync", {"source": source, "operation": "exact"})
    assert report["counts"] == {"add": 250, "replace": 0, "remove": 1}
    await server.ask("POST", "objects/scope", {"name": "x" * 70_000}, status=413)


async def test_no_answer_and_no_line_has_a_secret(server: EditedServer) -> None:
    """Only the whole document has them, for an expert."""
    secret = "a new secret of the link"
    answers = [
        await server.ask("PATCH", "objects/failover-pair/pair", {"set": {"shared-secret": secret}}),
        await server.ask("GET", "staged"),
        await server.ask("POST", "preview"),
        await server.ask("POST", "save"),
        server.lines,
    ]
    assert secret not in str(answers)
    assert answers[1]["changes"] == ["failover-pair pair: replace shared-secret: a secret"]
    assert secret in str(await server.ask("GET", "document"))
