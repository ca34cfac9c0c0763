"""The `[traps]` table: listeners, communities and users with their networks, secrets from where they are kept."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from console.errors import SourceError
from console.settings.traps import TrapSettings
from console.sources import traps
from snmp.receive.receiver import ReceiverSettings
from snmp.security.access import Community, User

ENGINE = "8000000001020304"


def refused(**table: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        TrapSettings.model_validate(table)
    return "; ".join(error["msg"] for error in caught.value.errors())


def opened(settings: TrapSettings, monkeypatch: pytest.MonkeyPatch) -> ReceiverSettings:
    """What the receiver is told."""
    told: list[ReceiverSettings] = []

    class Recording:
        def __init__(self, settings: ReceiverSettings) -> None:
            told.append(settings)

        def start(self) -> None:
            pass

    monkeypatch.setattr("snmp.receive.receiver.Receiver", Recording)
    traps.open_receiver(settings)
    return told[0]


def test_everything_reaches_the_receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "noc.auth").write_text("authentic-words\n")
    (tmp_path / "noc.auth").chmod(0o600)
    monkeypatch.setenv("NOC_PRIV", "private-words")
    settings = TrapSettings.model_validate(
        {
            "listen": ["0.0.0.0:1162", "[::]:1162"],
            "sources": ["192.0.2.0/24"],
            "rate_limit": 500,
            "queue": 1000,
            "receive_buffer": 0,
            "engine_id": ENGINE,
            "state": "state",
            "community": [{"name": "secret", "networks": ["192.0.2.7/24"]}],
            "user": [
                {"name": "plain"},
                {
                    "name": "noc",
                    "auth": "sha-256",
                    "auth_key_file": "noc.auth",
                    "priv": "aes-128",
                    "priv_key_variable": "NOC_PRIV",
                    "engine_ids": [ENGINE],
                    "networks": ["2001:db8::/32"],
                },
            ],
        }
    ).beside(tmp_path)
    assert opened(settings, monkeypatch) == ReceiverSettings(
        listen=(("0.0.0.0", 1162), ("::", 1162)),
        communities=(Community("secret", ("192.0.2.0/24",)),),
        users=(
            User("plain"),
            User("noc", "sha-256", "authentic-words", "aes-128", "private-words", (ENGINE,), ("2001:db8::/32",)),
        ),
        sources=("192.0.2.0/24",),
        engine_id=ENGINE,
        state_directory=tmp_path / "state",
        per_second=500.0,
        queue_limit=1000,
        buffer_octets=None,
    )


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ({}, ["public"]),
        ({"communities": ["a", "b"]}, ["a", "b"]),
        ({"community": [{"name": "secret"}]}, ["secret"]),
        ({"user": [{"name": "noc"}]}, []),
        ({"user": [{"name": "noc"}], "communities": ["public"]}, ["public"]),
    ],
)
def test_public_is_accepted_unless_something_else_is_said(
    table: dict[str, Any], names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = opened(TrapSettings.model_validate(table), monkeypatch)
    assert [community.name for community in found.communities] == names


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"listen": "here"}, "ADDRESS:PORT"),
        ({"listen": []}, "at least 1 item"),
        ({"sources": ["192.0.2.300"]}, "IPv4 or IPv6 network"),
        ({"engine_id": "80"}, "5 to 32 octets in hexadecimal"),
        ({"community": [{"networks": []}]}, "name is missing: set name, name_file or name_variable"),
        ({"community": [{"name": "a", "name_variable": "B"}]}, "name and name_variable are given: one is enough"),
        ({"user": [{"name": "noc", "auth": "sha"}]}, "auth_key is missing: set auth_key, auth_key_file or"),
        ({"user": [{"name": "noc", "auth_key": "long enough"}]}, "auth_key is given and no auth: set that as well"),
        ({"user": [{"name": "noc", "auth": "sha", "auth_key": "short"}]}, "auth_key: a key has at least 8 characters"),
        ({"user": [{"name": "noc", "priv": "des", "priv_key": "long enough"}]}, "privacy needs authentication"),
        ({"user": [{"name": "noc", "auth": "rot13"}]}, "'md5', 'sha'"),
        ({"user": [{"name": "x" * 33}]}, "1 to 32 octets"),
        ({"user": [{"name": "a"}, {"name": "a"}]}, "two users have the same name"),
        ({"listens": "127.0.0.1:1162"}, "not permitted"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(table: dict[str, Any], says: str) -> None:
    assert says in refused(**table)


@pytest.mark.parametrize(
    ("mode", "content", "says"),
    [
        (None, "", "cannot read the auth_key of the trap user noc"),
        (0o644, "authentic-words", "other users may read"),
        (0o600, "short", "auth_key of the trap user noc: a key has at least 8 characters, it has 5"),
    ],
)
def test_a_key_file_that_is_no_secret_is_refused(mode: int | None, content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    if mode is not None:
        path.write_text(content)
        path.chmod(mode)
    settings = TrapSettings.model_validate({"user": [{"name": "noc", "auth": "sha", "auth_key_file": str(path)}]})
    with pytest.raises(SourceError, match=says) as caught:
        traps.open_receiver(settings)
    assert not content or content not in str(caught.value)


def test_a_variable_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOWHERE", raising=False)
    settings = TrapSettings.model_validate({"community": [{"name_variable": "NOWHERE"}]})
    with pytest.raises(SourceError, match="the environment has no NOWHERE"):
        traps.open_receiver(settings)


def test_no_secret_is_in_what_is_printed() -> None:
    table = {
        "communities": ["secret-1"],
        "community": [{"name": "secret-2"}],
        "user": [{"name": "noc", "auth": "sha", "auth_key": "secret-3"}],
    }
    assert "secret" not in repr(TrapSettings.model_validate(table))
    table["user"][0]["auth"] = "rot13"  # type: ignore[index]
    assert "secret" not in refused(**table)


def test_a_port_in_use_is_one_line() -> None:
    first = traps.open_receiver(TrapSettings.model_validate({"listen": "127.0.0.1:0"}))
    port = first.counters() and first._sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    with pytest.raises(SourceError, match=rf"cannot listen for traps on 127.0.0.1 port {port}: .*; choose another"):
        traps.open_receiver(TrapSettings.model_validate({"listen": f"127.0.0.1:{port}"}))
    first.close()


def test_mib_directories_are_beside_the_file_and_reach_the_receiver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = TrapSettings.model_validate({"mib_dirs": ["mibs", "/usr/share/snmp/mibs"], "mibs": ["A-MIB"]})
    told = opened(settings.beside(tmp_path), monkeypatch)
    assert told.mib_directories == (tmp_path / "mibs", Path("/usr/share/snmp/mibs"))
    assert told.mibs == ("A-MIB",)
    assert ReceiverSettings.from_json(told.as_json()) == told


def test_mibs_that_cannot_be_meant_are_refused() -> None:
    assert "mibs needs mib_dirs" in refused(mibs=["A-MIB"])
    assert "match pattern" in refused(mib_dirs=["x"], mibs=["../A-MIB"])
