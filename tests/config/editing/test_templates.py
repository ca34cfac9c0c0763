"""The scope template of the pair, applied to scopes that commands create (R-044)."""

from typing import Any

import pytest

from dhcpserver.config.editing.edits import Draft, Edit
from dhcpserver.config.editing.errors import ConflictError, EditError
from dhcpserver.config.editing.faults import faults
from tests.config.editing.test_edits import document

TEMPLATE = {
    "name": "office",
    "ranges-expr": ["10-20", "30--3"],
    "router-expr": 1,
    "policy": "Guest",
    "backup-pct": 30,
    "options": {"domain-name": "lab.example"},
}


@pytest.fixture
def draft() -> Draft:
    made = document() | {"scope-template": [TEMPLATE]}
    made["failover-pair"][0]["scopetemplate"] = "office"
    return Draft(made)


def test_a_new_scope_of_the_pair_has_the_attributes_of_its_template(draft: Draft) -> None:
    """R-044: expressions are evaluated once, for its subnet."""
    made = draft.create("scope", "new", {"subnet": "10.0.9.0/24"})
    assert made == {
        "name": "new",
        "subnet": "10.0.9.0/24",
        "ranges": ["10.0.9.10-10.0.9.20", "10.0.9.30-10.0.9.253"],
        "options": {"routers": ["10.0.9.1"], "domain-name": "lab.example"},
        "policy": "Guest",
        "backup-pct": 30,
    }
    assert faults(draft.document) == ()
    draft.edit("scope-template", "office", Edit(set={"backup-pct": 70}))
    assert draft.get("scope", "new")["backup-pct"] == 30


def test_what_the_command_gives_counts(draft: Draft) -> None:
    """R-044."""
    given: dict[str, Any] = {"Subnet": "10.0.9.0/24", "backup-pct": 5, "ranges": "10.0.9.5-10.0.9.6", "options": {}}
    made = draft.create("scope", "new", given)
    assert (made["backup-pct"], made["ranges"], made["options"]) == (5, ["10.0.9.5-10.0.9.6"], {})
    assert made["policy"] == "Guest"


def test_other_objects_and_scopes_of_a_file_have_no_template(draft: Draft) -> None:
    assert draft.create("prefix", "new", {"address": "2001:db8::/64"}) == {"name": "new", "address": "2001:db8::/64"}
    assert "backup-pct" not in draft.get("scope", "lab")


def test_a_subnet_that_is_none_is_the_only_fault(draft: Draft) -> None:
    with pytest.raises(EditError) as caught:
        draft.create("scope", "new", {"subnet": "10.0.9.1/24"})
    assert [each.attribute for each in caught.value.faults] == ["subnet"]


def test_a_template_in_use_stays(draft: Draft) -> None:
    """R-044."""
    with pytest.raises(ConflictError, match="named by failover-pair pair"):
        draft.delete("scope-template", "office")
    with pytest.raises(EditError, match="there is no scope-template 'x'"):
        draft.edit("failover-pair", "pair", Edit(set={"scopetemplate": "x"}))
    with pytest.raises(EditError, match="a range of hosts is FIRST-LAST"):
        draft.edit("scope-template", "office", Edit(set={"ranges-expr": "a-b"}))
    broken = document()
    broken["failover-pair"][0]["scopetemplate"] = "x"
    (fault,) = faults(broken)
    assert (fault.of, fault.attribute) == ("failover-pair", "scopetemplate")


def test_without_a_pair_or_a_template_nothing_is_added() -> None:
    draft = Draft(document() | {"scope-template": [TEMPLATE]})
    assert draft.create("scope", "new", {"subnet": "10.0.9.0/24"}) == {"name": "new", "subnet": "10.0.9.0/24"}
