"""Edits of the staged configuration."""

import copy
from typing import Any

import pytest

from dhcpserver.config.editing import names
from dhcpserver.config.editing.difference import difference
from dhcpserver.config.editing.edits import Draft, Edit, version_of
from dhcpserver.config.editing.errors import ConflictError, EditError, NotThereError
from dhcpserver.config.editing.faults import faults
from dhcpserver.config.registry import CLASSES
from dhcpserver.config.sync.change import Document


def document() -> Document:
    """A pair with two scopes, which is correct."""
    return {
        "server": {"name": "main"},
        "user": [{"name": "admin", "token": "sha256$" + "0" * 64}],
        "cluster": [{"name": "main", "ipaddr": "127.0.0.1"}, {"name": "backup", "ipaddr": "127.0.0.2"}],
        "failover-pair": [{"name": "pair", "main": "main", "backup": "backup"}],
        "policy": [{"name": "default"}, {"name": "Guest", "options": {"interface-mtu": 1400}}],
        "scope": [
            {"name": "lab", "subnet": "10.0.1.0/24", "ranges": ["10.0.1.10-10.0.1.20"], "policy": "Guest"},
            {
                "name": "hall",
                "subnet": "10.0.2.0/24",
                "reservations": [{"ipaddr": "10.0.2.5", "mac": "02:00:00:00:00:01"}],
            },
        ],
        "listener": [{"address": "127.0.0.1", "port": 6067}],
    }


@pytest.fixture
def draft() -> Draft:
    made = Draft(document())
    assert faults(made.document) == ()
    return made


def lines(draft: Draft) -> list[str]:
    return [each.edit for each in difference(document(), draft.document)]


def test_an_object_is_created_changed_and_deleted(draft: Draft) -> None:
    draft.create("Scope", "new", {"Subnet": "10.0.3.0/24", "ranges": "10.0.3.1-10.0.3.9"})
    draft.edit("scope", "NEW", Edit(set={"backup-pct": "0", "dhcp": "disabled"}))
    assert draft.get("scope", "new") == {
        "name": "new",
        "subnet": "10.0.3.0/24",
        "ranges": ["10.0.3.1-10.0.3.9"],
        "backup-pct": 0,
        "dhcp": False,
    }
    draft.edit("scope", "new", Edit(unset=["backup-pct"]))
    assert "backup-pct" not in draft.get("scope", "new")
    assert lines(draft) == ["scope new: add"]
    draft.delete("scope", "new")
    assert draft.document == document()


def test_an_explicit_zero_is_not_the_same_as_no_value(draft: Draft) -> None:
    """R-047: a backup-pct of 0 in a scope means none; without it the pair's counts."""
    draft.edit("scope", "lab", Edit(set={"backup-pct": 0}))
    assert draft.get("scope", "lab")["backup-pct"] == 0
    draft.edit("scope", "lab", Edit(set={"backup-pct": None}))
    assert "backup-pct" not in draft.get("scope", "lab")


def test_all_faults_of_an_edit_are_reported_and_nothing_is_changed(draft: Draft) -> None:
    edit = Edit(
        set={"backup-pc": "5", "backup-pct": "500", "policy": "gast"},
        unset=["subnet"],
        add={"ranges": ["10.0.1.10-10.0.1.20"], "subnet": ["x"]},
        remove={"ranges": ["10.9.9.9"]},
    )
    with pytest.raises(EditError) as caught:
        draft.edit("scope", "lab", edit)
    assert [(each.attribute, each.text, each.seen) for each in caught.value.faults] == [
        ("backup-pc", "unknown attribute; did you mean backup-pct?", None),
        ("backup-pct", "expected: percent, 0 to 100", "500"),
        ("policy", "there is no policy 'gast' (there are: default, Guest)", "gast"),
        ("subnet", "it is required", None),
        ("ranges", "it is there already", "10.0.1.10-10.0.1.20"),
        ("subnet", "it is not a list: set it", None),
        ("ranges", "it is not there", "10.9.9.9"),
    ]
    assert "scope lab: backup-pct: expected: percent, 0 to 100" in str(caught.value)
    assert draft.document == document()


def test_an_error_shows_no_secret(draft: Draft) -> None:
    with pytest.raises(EditError) as caught:
        draft.edit("failover-pair", "pair", Edit(set={"shared-secret": "short"}))
    assert "short" not in str(caught.value)
    assert [each.seen for each in caught.value.faults] == [None]


def test_an_object_that_is_named_by_others_is_not_deleted(draft: Draft) -> None:
    with pytest.raises(ConflictError, match=r"policy guest: it is named by scope lab"):
        draft.delete("policy", "guest")
    with pytest.raises(ConflictError, match=r"it is named by server, failover-pair pair"):
        draft.delete("cluster", "main")
    draft.edit("scope", "lab", Edit(unset=["policy"]))
    draft.delete("policy", "guest")
    assert faults(draft.document) == ()


def test_references_follow_a_new_name(draft: Draft) -> None:
    draft.edit("cluster", "main", Edit(set={"name": "north"}))
    draft.edit("policy", "guest", Edit(set={"name": "visitors"}))
    assert draft.document["server"]["name"] == "north"
    assert draft.document["failover-pair"][0]["main"] == "north"
    assert draft.get("scope", "lab")["policy"] == "visitors"
    assert faults(draft.document) == ()
    with pytest.raises(ConflictError, match="already"):
        draft.edit("cluster", "north", Edit(set={"name": "Backup"}))


def test_a_reference_has_the_spelling_of_its_object(draft: Draft) -> None:
    draft.edit("scope", "hall", Edit(set={"policy": "GUEST"}))
    assert draft.get("scope", "hall")["policy"] == "Guest"


def test_reservations_and_ranges_are_added_and_removed_one_by_one(draft: Draft) -> None:
    reservation = {"ipaddr": "10.0.1.5", "mac": "02:00:00:00:00:02"}
    draft.edit("scope", "lab", Edit(add={"reservations": [reservation], "ranges": ["10.0.1.30"]}))
    draft.edit("scope", "hall", Edit(remove={"reservations": ["10.0.2.5"]}))
    draft.edit("scope", "lab", Edit(remove={"ranges": ["10.0.1.10 - 10.0.1.20"]}))
    assert draft.get("scope", "lab")["ranges"] == ["10.0.1.30"]
    assert lines(draft) == [
        "scope lab: replace ranges: [10.0.1.10-10.0.1.20] -> [10.0.1.30]",
        "scope lab: add reservations 10.0.1.5: {ipaddr = 10.0.1.5, mac = 02:00:00:00:00:02}",
        "scope hall: remove reservations 10.0.2.5: {ipaddr = 10.0.2.5, mac = 02:00:00:00:00:01}",
    ]
    for wrong, text in (
        ({"mac": "02:00:00:00:00:02"}, "ipaddr: it is required"),
        ({"ipaddr": "10.0.1.5"}, "it is there already"),
        ({"ipaddr": "10.0.1.6", "mac": "x"}, "mac: a hardware address is written"),
        ("10.0.1.7", "an object with its attributes"),
    ):
        with pytest.raises(EditError, match=text):
            draft.edit("scope", "lab", Edit(add={"reservations": [wrong]}))


def test_an_entry_is_added_to_the_default_of_a_list(draft: Draft) -> None:
    draft.edit("server", "", Edit(remove={"log-settings": ["failover-detail"]}))
    assert draft.document["server"]["log-settings"] == ["default"]


def test_objects_without_a_name_are_found_by_their_keys(draft: Draft) -> None:
    draft.edit("listener", "127.0.0.1 6067", Edit(set={"trust-relay-info": "on"}))
    draft.create("listener", "eth1", {})
    draft.create("listener", "127.0.0.9", {"port": "6068"})
    assert draft.document["listener"] == [
        {"address": "127.0.0.1", "port": 6067, "trust-relay-info": True},
        {"interface": "eth1"},
        {"address": "127.0.0.9", "port": 6068},
    ]


def test_a_single_object_is_neither_created_nor_deleted(draft: Draft) -> None:
    with pytest.raises(ConflictError, match="there is one already"):
        draft.create("api", "", {"port": 5})
    with pytest.raises(ConflictError, match="unset its attributes"):
        draft.delete("server", "")
    with pytest.raises(NotThereError):
        draft.get("server", "main")
    draft.edit("api", "-", Edit(set={"port": "9000"}))
    assert draft.document["api"] == {"port": 9000}
    draft.edit("api", "", Edit(unset=["port"]))
    assert draft.document == document()


def test_what_is_not_there_is_reported_with_a_suggestion(draft: Draft) -> None:
    with pytest.raises(NotThereError, match="unknown class; did you mean scope"):
        draft.objects("scop")
    with pytest.raises(NotThereError, match="scope attic: there is no scope with this name"):
        draft.get("scope", "attic")
    with pytest.raises(EditError, match=r"scope x: subnet: it is required"):
        draft.create("scope", "x", {})
    with pytest.raises(ConflictError, match="there is one with this name already"):
        draft.create("scope", "LAB", {"subnet": "10.0.9.0/24"})


def test_an_edit_of_what_another_operator_has_changed_is_refused(draft: Draft) -> None:
    """Two operators at once do not overwrite each other."""
    version = version_of(draft.get("scope", "lab"))
    draft.edit("scope", "hall", Edit(set={"backup-pct": 5}))
    draft.edit("scope", "lab", Edit(set={"backup-pct": 5}, version=version))
    with pytest.raises(ConflictError, match="changed by another edit"):
        draft.edit("scope", "lab", Edit(set={"backup-pct": 6}, version=version))
    with pytest.raises(ConflictError, match="changed by another edit"):
        draft.delete("scope", "lab", version)
    assert draft.get("scope", "lab")["backup-pct"] == 5


def test_an_edit_changes_no_document_in_place() -> None:
    one = document()
    before = copy.deepcopy(one)
    draft = Draft(one)
    draft.edit("scope", "lab", Edit(set={"backup-pct": 5}, add={"ranges": ["10.0.1.99"]}))
    draft.edit("cluster", "main", Edit(set={"name": "north"}))
    draft.delete("scope", "hall")
    assert one == before


def test_faults_name_the_object_and_the_attribute(draft: Draft) -> None:
    draft.edit("scope", "hall", Edit(set={"subnet": "10.0.1.0/24"}))
    found = list(map(str, faults(draft.document)))
    assert "scope hall: reservations 10.0.2.5 ipaddr: 10.0.2.5 is not inside the subnet 10.0.1.0/24" in found
    assert "scope hall: subnet: 10.0.1.0/24 overlaps 10.0.1.0/24 of scope 'lab'" in found
    wrong: dict[str, Any] = {"server": {}, "scope": [{"name": "x", "subnt": 1}], "hobby": 1, "listener": [{}]}
    assert list(map(str, faults(wrong))) == [
        "server: name: it is required",
        "scope x: subnet: it is required",
        "scope x: subnt: unknown attribute; did you mean subnet?",
        "hobby: unknown attribute (there are: "
        + ", ".join(sorted(n for n, c in CLASSES.items() if not c.parent))
        + ")",
    ]
    assert [str(each) for each in faults({"server": {"name": "a"}, "listener": [{}]})] == [
        "listener number 1: it needs an address or an interface"
    ]


def test_a_difference_shows_no_secret_and_compares_as_read(draft: Draft) -> None:
    draft.edit("failover-pair", "pair", Edit(set={"shared-secret": "0123456789abcdef", "mclt": "1h"}))
    assert lines(draft) == ["failover-pair pair: add mclt: 1h", "failover-pair pair: add shared-secret: a secret"]
    one = copy.deepcopy(draft.document)
    draft.edit("failover-pair", "pair", Edit(set={"mclt": 3600}))
    assert difference(one, draft.document) == ()
    draft.edit("policy", "guest", Edit(set={"options": {"interface-mtu": 1500, "default-ip-ttl": 9}}))
    assert [each.edit for each in difference(one, draft.document)] == [
        "policy Guest: replace options interface-mtu: 1400 -> 1500",
        "policy Guest: add options default-ip-ttl: 9",
    ]


def test_classes_inside_others_have_no_references() -> None:
    """A renamed object is followed in the classes of the file only."""
    for known in CLASSES.values():
        assert not known.parent or not any(each.about.refers_to for each in known.attributes)
    assert {each.name for each, _ in names.REFERENCES["cluster"]} == {"server", "failover-pair"}


def test_an_edit_does_not_name_the_function_of_an_extension() -> None:
    """R-096: a command that could would run any code that is on the machine."""
    extension = {"name": "site", "file": "site.py", "entry": "choose"}
    draft = Draft(document() | {"extension": [extension]})
    for edit in (
        Edit(set={"file": "other.py"}),
        Edit(set={"entry": "system"}),
        Edit(set={"init-entry": "system"}),
        Edit(unset=["init-entry"]),
    ):
        with pytest.raises(EditError, match=r"config\.toml only, by hand"):
            draft.edit("extension", "site", edit)
    with pytest.raises(EditError, match=r"config\.toml only, by hand"):
        draft.create("extension", "new", {"file": "new.py", "entry": "run"})
    assert draft.edit("extension", "site", Edit(set={"time-limit": 50})) == extension | {"time-limit": 50}


def test_a_list_of_names_follows_a_new_name() -> None:
    extensions = [{"name": name, "file": "site.py", "entry": "choose"} for name in ("one", "two")]
    point = {"name": "generate-lease", "extensions": ["one", "two"]}
    draft = Draft(document() | {"extension": extensions, "extension-point": [point]})
    draft.edit("extension", "two", Edit(set={"name": "second"}))
    assert draft.get("extension-point", "generate-lease")["extensions"] == ["one", "second"]
    with pytest.raises(ConflictError, match="named by extension-point generate-lease"):
        draft.delete("extension", "one")
    with pytest.raises(EditError, match="there is no extension 'three'"):
        draft.edit("extension-point", "generate-lease", Edit(set={"extensions": "one, three"}))
    changed = draft.edit("extension-point", "generate-lease", Edit(set={"extensions": "SECOND,one"}))
    assert changed["extensions"] == ["second", "one"]
