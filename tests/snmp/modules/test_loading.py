"""MIB modules from files: names, words, formats and indexes; what is wrong with a file; the cache."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from snmp.codec.message import INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, TIME_TICKS, TRAP_V2, V2C, Message, RawVarbind
from snmp.codec.translation import translate
from snmp.mib import standard
from snmp.mib.notification import Notification
from snmp.modules import files, loading
from snmp.modules.loading import Loaded, load
from snmp.modules.tables import NO_TABLES, ModuleTables

EXAMPLES = Path(__file__).parent / "examples"
SWITCH = "1.3.6.1.4.1.99999"
ETH0 = "3.4.101.116.104.48"
COLUMN = f"{SWITCH}.1.1.1"


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load([EXAMPLES], [], None)


def notification(tables: ModuleTables, trap: str, *varbinds: RawVarbind) -> Notification:
    head = (RawVarbind(standard.UPTIME, TIME_TICKS, 1), RawVarbind(standard.TRAP_OID, OBJECT_IDENTIFIER, trap))
    return translate(Message(V2C, b"public", TRAP_V2, 1, None, head + varbinds), ("192.0.2.1", 1), 1.0, 1, tables)


def test_traps_and_their_values_have_the_names_of_the_modules(loaded: Loaded) -> None:
    """R-242: what no built-in table has is named by the modules that the operator has for it."""
    assert loaded.faults == ()
    seen = notification(
        loaded.tables,
        f"{SWITCH}.0.1",
        RawVarbind(f"{COLUMN}.3.{ETH0}", INTEGER, 2),
        RawVarbind(f"{COLUMN}.4.{ETH0}", OCTET_STRING, bytes.fromhex("0a0b0c0d0e0f")),
        RawVarbind(f"{COLUMN}.5.{ETH0}", INTEGER, 235),
        RawVarbind(f"{COLUMN}.6.{ETH0}", OCTET_STRING, b"\x80\x60"),
        RawVarbind(f"{SWITCH}.1.2.1.3.192.0.2.7.102.97.110", INTEGER, 900),
        RawVarbind(f"{SWITCH}.1.9.0", INTEGER, 1),
    )
    assert seen.name == "portFailed"
    assert [(each.name, each.text) for each in seen.varbinds if each.type != "instance"] == [
        ("portState", "down"),
        ("portPeer", "0a:0b:0c:0d:0e:0f"),
        ("portTemperature", "23.5"),
        ("portAlarms", "hot lonely bit-10"),
        ("fanSpeed", "900"),
        (f"{SWITCH}.1.9.0", "1"),
    ]
    rows = {each.name: each.text for each in seen.varbinds if each.type == "instance"}
    assert rows == {"portSlot": "3", "portName": "eth0", "fanRack": "192.0.2.7", "fanName": "fan"}


@pytest.mark.parametrize("instance", ["", "3", "3.9.101", "3.1.300", "3.4.101.116.104.48.1"])
def test_an_instance_that_does_not_fit_its_index_gives_no_rows(loaded: Loaded, instance: str) -> None:
    oid = f"{COLUMN}.3.{instance}".rstrip(".")
    (varbind,) = notification(loaded.tables, f"{SWITCH}.0.1", RawVarbind(oid, INTEGER, 9)).varbinds
    assert (varbind.name, varbind.text) == ("portState", "9")


def test_values_of_another_type_than_the_module_has_are_shown_as_they_are(loaded: Loaded) -> None:
    seen = notification(
        loaded.tables,
        f"{SWITCH}.0.1",
        RawVarbind(f"{COLUMN}.3.{ETH0}", OCTET_STRING, b"\xff\x1b"),
        RawVarbind(f"{COLUMN}.4.{ETH0}", INTEGER, 7),
        RawVarbind("1.3.6.1.4.1.88888.1.0", OCTET_STRING, b"a\x1b]0;b\x07"),
    )
    assert [each.text for each in seen.varbinds if each.type != "instance"] == ["ff:1b", "7", r"a\x1b]0;b\x07"]


def test_a_trap_of_smiv1_is_found_with_and_without_the_zero(loaded: Loaded) -> None:
    assert loaded.tables.notification("1.3.6.1.4.1.88888.0.7") == "fanFailed"
    assert ModuleTables({"1.3.9.7": "old"}, {}).notification("1.3.9.0.7") == "old"
    assert loaded.tables.notification("1.3.6.1.4.1.88888.0.8") is None


def test_built_in_names_come_first(loaded: Loaded) -> None:
    """R-241: alarms depend on the built-in names."""
    tables = ModuleTables({"1.3.6.1.6.3.1.1.5.3": "linkDown"}, {})
    assert notification(tables, "1.3.6.1.6.3.1.1.5.3").name == "link-down"
    assert notification(NO_TABLES, f"{SWITCH}.0.1").name == "unknown"


def test_a_file_that_is_wrong_is_a_fault_with_its_line_and_the_others_are_loaded(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "switch.mib", tmp_path)
    (tmp_path / "BROKEN-MIB").write_text("BROKEN-MIB DEFINITIONS ::= BEGIN\nx OBJECT IDENTIFIER ::=\n{ y\nEND\n")
    needs = "NEEDS-MIB DEFINITIONS ::= BEGIN\nIMPORTS y FROM ABSENT-MIB;\nx OBJECT IDENTIFIER ::= { y 1 }\nEND\n"
    (tmp_path / "NEEDS-MIB").write_text(needs)
    (tmp_path / "README").write_bytes(b"\xff\xfe no module")
    found = load([tmp_path, tmp_path / "none"], [], None)
    assert found.tables.notification(f"{SWITCH}.0.1") == "portFailed"
    faults = "\n".join(found.faults)
    assert "/none: No such file or directory" in faults
    assert "BROKEN-MIB (BROKEN-MIB), line 4: " in faults
    assert "MIB module ABSENT-MIB: it is in no file of mib_dirs, and NEEDS-MIB needs it" in faults


def test_a_module_that_is_asked_for_and_in_no_file_is_a_fault() -> None:
    found = load([EXAMPLES], ["OLD-MIB", "NONE-MIB"], None)
    assert found.faults == ("MIB module NONE-MIB: it is in no file of mib_dirs",)
    assert found.tables.notification("1.3.6.1.4.1.88888.0.7") == "fanFailed"
    assert found.tables.notification(f"{SWITCH}.0.1") is None


def test_whatever_the_compiler_raises_the_other_modules_are_loaded(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "switch.mib", tmp_path)
    deep = "".join(f"n{each} OBJECT IDENTIFIER ::= {{ n{each + 1} 1 }}\n" for each in range(3_000))
    (tmp_path / "deep").write_text(f"DEEP-MIB DEFINITIONS ::= BEGIN\n{deep}END\n")
    (tmp_path / "loop").write_text(
        "LOOP-MIB DEFINITIONS ::= BEGIN\nIMPORTS b FROM LOOP-MIB;\na OBJECT IDENTIFIER ::= { b 1 }\n"
        "b OBJECT IDENTIFIER ::= { a 1 }\nT ::= U\nU ::= T\nc OBJECT-TYPE SYNTAX T MAX-ACCESS read-only\n"
        'STATUS current DESCRIPTION "" ::= { a 2 }\nEND\n'
    )
    found = load([tmp_path], [], None)
    assert found.tables.notification(f"{SWITCH}.0.1") == "portFailed"
    assert any("DEEP-MIB" in each for each in found.faults)
    assert any("LOOP-MIB" in each for each in found.faults)


def test_a_file_that_is_too_large_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAXIMUM_OCTETS", 100)
    shutil.copy(EXAMPLES / "switch.mib", tmp_path)
    assert "a MIB module has at most 100" in load([tmp_path], [], None).faults[0]


def test_the_result_is_kept_until_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, cache = tmp_path / "mibs", tmp_path / "cache"
    shutil.copytree(EXAMPLES, folder)
    first = load([folder], [], cache)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "snmp.modules.compiling", None)
        second = load([folder], [], cache)
        assert second.tables.as_json() == first.tables.as_json()
        assert second.faults == first.faults
    (folder / "OLD-MIB.my").unlink()
    assert load([folder], [], cache).tables.notification("1.3.6.1.4.1.88888.0.7") is None


@pytest.mark.parametrize("content", ["", "[]", '{"key": 1}', "nul", '{"key": "K", "tables": {}, "faults": 3}'])
def test_a_cache_that_is_damaged_is_made_again(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_key", lambda directories, wanted: "K")
    (tmp_path / "mibs.json").write_text(content)
    assert load([EXAMPLES], [], tmp_path).tables.notification(f"{SWITCH}.0.1") == "portFailed"
    assert json.loads((tmp_path / "mibs.json").read_text())["key"] == "K"


def test_without_the_compiler_the_fault_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysmi.compiler", None)
    found = load([EXAMPLES], [], None)
    assert len(found.faults) == 1
    assert "install pairwatch[mibs]" in found.faults[0]


def test_without_modules_the_compiler_is_not_imported() -> None:
    assert load([], [], None) == Loaded(NO_TABLES)
