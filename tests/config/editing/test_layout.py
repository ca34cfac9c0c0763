"""The text of a changed configuration."""

import copy
import re
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dhcpserver.config.document import read
from dhcpserver.config.editing import texts
from dhcpserver.config.editing.difference import difference
from dhcpserver.config.editing.edits import Draft, Edit
from dhcpserver.config.editing.errors import EditError
from dhcpserver.config.editing.faults import faults
from dhcpserver.config.editing.layout import REWRITTEN, rewritten
from dhcpserver.config.registry import CLASSES
from dhcpserver.config.sync.change import Document, name_of
from tests.importgraph import ROOT

TEXT = """\
# Building 1
[server]
name = "a"  # this one

# Both machines
[[cluster]]
name = "a"
ipaddr = "127.0.0.1"
[[cluster]]
name = "b" # the partner
ipaddr = "127.0.0.2"

[[policy]]
name = "default"
dhcp-lease-time = "1w"   # a week
[policy.options]
interface-mtu = 1500  # as the switches

# The lab
[[scope]]
name = "lab"
subnet = "10.0.1.0/24"
ranges = [
    "10.0.1.10-10.0.1.20",  # desks
    "10.0.1.30",            # the printer
]

[[scope.reservations]]
ipaddr = "10.0.1.5"  # the door
mac = "02:00:00:00:00:01"

# --- Building 2

[[scope]]
name = "hall"
subnet = "10.0.2.0/24"
# deactivated = true
"""


def after(text: str, *edits: tuple[str, str, Edit]) -> str:
    before = tomllib.loads(text)
    draft = Draft(before)
    for of, name, edit in edits:
        draft.edit(of, name, edit)
    made = rewritten(text, before, draft.document)
    assert tomllib.loads(made) == draft.document
    return made


def changed_lines(text: str, made: str) -> tuple[set[str], set[str]]:
    one, two = text.splitlines(), made.splitlines()
    return set(one) - set(two), set(two) - set(one)


def test_a_changed_value_keeps_its_comment_and_everything_else() -> None:
    made = after(TEXT, ("policy", "default", Edit(set={"dhcp-lease-time": "2w"})))
    assert made == TEXT.replace('"1w"', '"2w"')


def test_an_option_an_entry_and_a_reservation_are_changed_alone() -> None:
    made = after(
        TEXT,
        ("policy", "default", Edit(set={"options": {"interface-mtu": 1400, "default-ip-ttl": 5}})),
        (
            "scope",
            "lab",
            Edit(
                set={"backup-pct": 5},
                add={"ranges": ["10.0.1.40"], "reservations": [{"ipaddr": "10.0.1.6", "mac": "02:00:00:00:00:02"}]},
                remove={"ranges": ["10.0.1.10-10.0.1.20"]},
            ),
        ),
    )
    removed, added = changed_lines(TEXT, made)
    assert removed == {"interface-mtu = 1500  # as the switches", '    "10.0.1.10-10.0.1.20",  # desks'}
    assert added == {
        "interface-mtu = 1400  # as the switches",
        "default-ip-ttl = 5",
        "backup-pct = 5",
        '    "10.0.1.40",',
        'ipaddr = "10.0.1.6"',
        'mac = "02:00:00:00:00:02"',
    }


RESERVATION = """

[[scope.reservations]]
ipaddr = "10.0.1.5"  # the door
mac = "02:00:00:00:00:01"
"""
INLINE = """
reservations = [
    { ipaddr = "10.0.1.5", mac = "02:00:00:00:00:01" },  # the door
    { ipaddr = "10.0.1.6", mac = "02:00:00:00:00:02" },  # the window
]
"""


@pytest.mark.parametrize("text", [TEXT, TEXT.replace(RESERVATION, INLINE)], ids=["tables", "inline"])
def test_a_changed_reservation_is_changed_in_its_place(text: str) -> None:
    changed = {"ipaddr": "10.0.1.5", "mac": "02:00:00:00:00:0a", "options": {"host-name": "door"}}
    rest = tomllib.loads(text)["scope"][0]["reservations"][1:]
    made = after(text, ("scope", "lab", Edit(set={"reservations": [changed, *rest]})))
    removed, added = changed_lines(text, made)
    assert (len(removed), len(added)) in ((1, 1), (1, 2))
    assert all("02:00:00:00:00:01" in line for line in removed)
    assert "# the door" in made
    more = {"ipaddr": "10.0.1.7", "mac": "02:00:00:00:00:03"}
    made = after(text, ("scope", "lab", Edit(set={"reservations": [changed, *rest, more]})))
    assert "# the door" in made


def test_a_new_name_changes_the_names_alone() -> None:
    made = after(TEXT, ("cluster", "a", Edit(set={"name": "north"})))
    assert made == TEXT.replace('name = "a"', 'name = "north"')


def test_objects_come_after_those_of_their_class_and_go_with_their_comment() -> None:
    before = tomllib.loads(TEXT)
    draft = Draft(before)
    draft.delete("scope", "lab")
    draft.create("cluster", "c", {"ipaddr": "127.0.0.3"})
    draft.create("user", "admin", {"token": "sha256$" + "0" * 64})
    made = rewritten(TEXT, before, draft.document)
    assert "The lab" not in made
    assert "the door" not in made
    assert "# --- Building 2" in made
    assert made.endswith('# deactivated = true\n\n[[user]]\nname = "admin"\ntoken = "sha256$' + "0" * 64 + '"\n')
    assert '127.0.0.2"\n\n[[cluster]]\nname = "c"\nipaddr = "127.0.0.3"\n\n[[policy]]' in made


DOTTED = """\
server.name = "a"
cluster = [{ name = "a" }, { name = "b" }]
scope = [{ name = "lab", subnet = "10.0.1.0/24" }]
"""
OUT_OF_ORDER = """\
[server]
name = "a"
[[cluster]]
name = "a"
[[scope]]
name = "lab"
subnet = "10.0.1.0/24"
[[policy]]
name = "default"
[[scope.reservations]]
ipaddr = "10.0.1.5"
mac = "02:00:00:00:00:01"
"""
QUOTED = """\
[server]
name = \"\"\"\\
a\"\"\"
[[cluster]]
name = 'a'
[["scope"]]
"name" = "lab"
subnet = "10.0.1.0/24"
"""
EMPTY = 'scope = []\n[server]\nname = "a"\n[[cluster]]\nname = "a"\n[[cluster]]\nname = "lab"\n'


@pytest.mark.parametrize(
    "text",
    [DOTTED, OUT_OF_ORDER, TEXT.replace("\n", "\r\n"), QUOTED, EMPTY],
    ids=["dotted-and-inline", "out-of-order", "other-line-ends", "quoted", "empty-list"],
)
def test_every_way_of_writing_is_kept_in_use(text: str) -> None:
    of = "scope" if tomllib.loads(text)["scope"] else "cluster"
    edit = Edit(set={"backup-pct": 7} if of == "scope" else {"ipaddr": "127.0.0.7"})
    made = after(text, (of, "lab", edit), ("cluster", "a", Edit(set={"ipaddr": "127.0.0.9"})))
    assert REWRITTEN not in made


def test_a_layout_that_cannot_be_kept_is_written_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The content counts more than the comments, which the former file still has."""
    from dhcpserver.config.editing import layout

    def fail(*_: Any) -> None:
        raise ValueError

    def nothing(*_: Any) -> None:
        """What a layout library with an error could do: the result is compared."""

    monkeypatch.setattr(layout, "update", nothing)
    assert after(TEXT, ("policy", "default", Edit(set={"dhcp-lease-time": "2w"}))).startswith(REWRITTEN)
    monkeypatch.setattr(layout, "update", fail)
    made = after(TEXT, ("policy", "default", Edit(set={"dhcp-lease-time": "2w"})))
    assert made.startswith(REWRITTEN)


NAMES = st.sampled_from(["lab", "hall", "attic", "Cellar", "b c", 'q"u.o#te', "\N{SNOWMAN}"])
NUMBERS = st.integers(1, 9)


def _scope(number: int) -> dict[str, Any]:
    return {"subnet": f"10.0.{number}.0/24", "ranges": f"10.0.{number}.10-10.0.{number}.99"}


EDITS = st.one_of(
    st.tuples(st.just("create"), st.just("scope"), NAMES, NUMBERS.map(_scope)),
    st.tuples(st.just("create"), st.just("policy"), NAMES, st.just({"grace-period": "5m"})),
    st.tuples(st.just("create"), st.just("option-definition"), NAMES, st.just({"code": 200, "type": "string"})),
    st.tuples(st.just("delete"), st.sampled_from(["scope", "policy", "cluster"]), NAMES, st.none()),
    st.tuples(st.just("rename"), st.sampled_from(["scope", "policy"]), NAMES, NAMES),
    st.tuples(
        st.just("edit"),
        st.just("scope"),
        NAMES,
        st.builds(
            Edit,
            set=st.fixed_dictionaries(
                {},
                optional={
                    "backup-pct": st.integers(0, 100) | st.none(),
                    "policy": NAMES | st.none(),
                    "options": st.dictionaries(
                        st.sampled_from(["interface-mtu", "default-ip-ttl"]), st.integers(68, 90)
                    ),
                    "deactivated": st.sampled_from(["on", "off"]),
                    "selection-tags": st.lists(NAMES, max_size=3),
                },
            ),
            add=st.fixed_dictionaries(
                {},
                optional={
                    "reservations": NUMBERS.map(lambda n: [{"ipaddr": f"10.0.{n}.5", "mac": f"02:00:00:00:00:0{n}"}]),
                    "ranges": NUMBERS.map(lambda n: [f"10.0.{n}.200"]),
                },
            ),
            remove=st.fixed_dictionaries({}, optional={"reservations": NUMBERS.map(lambda n: [f"10.0.{n}.5"])}),
        ),
    ),
    st.tuples(st.just("edit"), st.just("policy"), NAMES, st.just(Edit(set={"options": {"interface-mtu": 1400}}))),
    st.tuples(
        st.just("edit"), st.just("api"), st.just("-"), st.builds(Edit, set=st.fixed_dictionaries({"port": NUMBERS}))
    ),
    st.tuples(st.just("edit"), st.just("api"), st.just("-"), st.just(Edit(unset=["port"]))),
)


def _make(draft: Draft, kind: str, of: str, name: str, more: Any) -> None:
    if kind == "create":
        draft.create(of, name, more)
    elif kind == "delete":
        draft.delete(of, name)
    elif kind == "rename":
        draft.edit(of, name, Edit(set={"name": more}))
    else:
        draft.edit(of, name, more)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(EDITS, st.booleans()), max_size=14))
def test_any_sequence_of_edits_and_saves_is_read_as_it_was_made(steps: list[tuple[Any, bool]]) -> None:
    """An edit leaves the document as it was or makes it the edited one; a save with no faults is a correct file."""
    text = TEXT
    saved: Document = tomllib.loads(text)
    draft = Draft(saved)
    for (kind, of, name, more), save in steps:
        before, copied = draft.document, copy.deepcopy(draft.document)
        try:
            _make(draft, kind, of, name, more)
        except EditError:
            assert draft.document is before
        assert before == copied
        if save:
            made = rewritten(text, saved, draft.document)
            assert tomllib.loads(made) == draft.document
            assert REWRITTEN not in made
            assert difference(draft.document, tomllib.loads(made)) == ()
            if not faults(draft.document):
                read(made)
            text, saved = made, draft.document
    assert text.startswith("# Building 1\n")


EXAMPLE = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"), re.DOTALL)[
    0
]


def _objects() -> list[tuple[str, str]]:
    document = tomllib.loads(EXAMPLE)
    return [
        (known.name, name_of(known, raw))
        for known in CLASSES.values()
        if not known.parent and known.name in document
        for raw in ([document[known.name]] if known.single else document[known.name])
    ]


@pytest.mark.parametrize(("of", "name"), _objects(), ids=" ".join)
def test_an_attribute_of_the_commented_example_is_set_and_unset_again(of: str, name: str) -> None:
    """Every line of the example stays, for every attribute with a default of every object in it."""
    for attribute in CLASSES[of].attributes:
        default = None if attribute.required else attribute.info.get_default(call_default_factory=True)
        raw = Draft(tomllib.loads(EXAMPLE)).get(of, name)
        if attribute.name in raw or attribute.secret or not isinstance(default, bool | int | str):
            continue
        made = after(EXAMPLE, (of, name, Edit(set={attribute.name: texts.written(default)})))
        removed, added = changed_lines(EXAMPLE, made)
        assert (removed, len(added)) == (set(), 1), attribute.name
        back = after(made, (of, name, Edit(unset=[attribute.name])))
        assert changed_lines(EXAMPLE, back) == (set(), set()), attribute.name
