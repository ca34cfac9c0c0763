"""Receiving SNMPv3 from net-snmp: every level, protocol and kind, and messages that must be rejected."""

import itertools
import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from snmp.receive.receiver import Receiver, ReceiverSettings
from snmp.security.access import AuthProtocol, Community, PrivProtocol, SecurityLevel, User
from tests.snmp.listening import adds_up, receive_until, receiver, total, wait_for_count
from tests.snmp.netsnmp import AUTH_KEY, PRIV_KEY, START, B, credentials, send

pytestmark = pytest.mark.peer

AUTHS: tuple[AuthProtocol | None, ...] = (None, "md5", "sha", "sha-224", "sha-256", "sha-384", "sha-512")
PRIVS: tuple[PrivProtocol, ...] = ("des", "aes-128", "aes-192", "aes-256", "aes-192-blumenthal", "aes-256-blumenthal")
COMBINATIONS: tuple[tuple[AuthProtocol | None, PrivProtocol | None], ...] = (
    *((auth, None) for auth in AUTHS),
    *(("sha-256", priv) for priv in PRIVS),
    ("md5", "des"),
    ("sha", "aes-128"),
    ("sha-512", "aes-256"),
)


def user_of(auth: AuthProtocol | None, priv: PrivProtocol | None, name: str = "noc", **more: tuple[str, ...]) -> User:
    return User(name, auth, AUTH_KEY if auth else "", priv, PRIV_KEY if priv else "", **more)


@pytest.fixture(scope="module")
def all_users() -> Iterator[tuple[Receiver, tuple[str, int]]]:
    """A receiver with one user for each combination, started once."""
    users = tuple(user_of(auth, priv, f"{auth}-{priv}") for auth, priv in COMBINATIONS)
    with receiver(users=users) as (listening, address):
        yield listening, address


@pytest.mark.parametrize("command", ["snmptrap", "snmpinform"])
@pytest.mark.parametrize(("auth", "priv"), COMBINATIONS)
def test_every_level_and_protocol_arrives(
    all_users: tuple[Receiver, tuple[str, int]],
    auth: AuthProtocol | None,
    priv: PrivProtocol | None,
    command: str,
    tmp_path: Path,
) -> None:
    """R-241, and pitfall 1: without a library for encryption, encrypted traps are lost silently."""
    listening, address = all_users
    name = f"{auth}-{priv}"
    words = ["1", f"{B}.2.0.13", f"{B}.1.2.3.0", "a", "192.0.2.1", f"{B}.1.2.14.0", "i", "3"]
    done = send(command, tmp_path, address, credentials(name, auth, priv), words)
    assert done.returncode == 0, done.stderr
    (seen,) = receive_until(listening, lambda found: total(found) == 1)
    assert (seen.name, seen.version, seen.user) == ("other-server-not-responding", "v3", name)
    assert seen.level == user_of(auth, priv).level.word
    assert seen.inform is (command == "snmpinform")
    assert (seen.engine_id is None) is seen.inform
    assert {varbind.name: varbind.text for varbind in seen.varbinds} == {
        "server": "192.0.2.1",
        "related-server-type": "failover-partner",
    }


@pytest.mark.parametrize("command", ["snmptrap", "snmpinform"])
@pytest.mark.parametrize(
    ("auth", "priv"),
    [(None, None), ("sha-256", None), ("sha-512", "aes-128"), ("sha-256", "des")],
)
def test_pitfall_2_no_lower_level_than_the_users_keys_is_accepted(
    auth: AuthProtocol | None, priv: PrivProtocol | None, command: str, tmp_path: Path
) -> None:
    """pysnmp accepts a trap without keys from any sender that has the user's name."""
    with receiver(users=(user_of("sha-256", "aes-128"),)) as (listening, address):
        assert send("snmptrap", tmp_path, address, credentials("noc", "sha-256", "aes-128")).returncode == 0
        receive_until(listening, lambda found: total(found) == 1)  # The receiver now has the sender's engine.
        send(command, tmp_path, address, credentials("noc", auth, priv), timeout="0.3")
        counters = wait_for_count(listening, 2)
        causes = dict(listening.causes())
    assert counters.decoded == 1
    causes.pop("discovery", None)
    assert set(causes) == {"level"} if priv is None else set(causes) <= {"digest", "decryption", "message"}


def test_pitfall_3_senders_are_added_by_their_key_and_informs_need_no_engine_id(tmp_path: Path) -> None:
    """The engine IDs of senders can be configured, but need not be."""
    users = (user_of("sha", None), user_of("sha", None, "pinned", engine_ids=("0x8000000001020304",)))
    with receiver(users=users) as (listening, address):
        for engine in ("0x8000000001020304", "0x80001f88800102030405"):
            for name in ("noc", "pinned"):
                send("snmptrap", tmp_path, address, [*credentials(name, "sha"), "-e", engine])
        seen = receive_until(listening, lambda found: total(found) == 3)
        wait_for_count(listening, 4)
        causes = listening.causes()
        informed = send("snmpinform", tmp_path, address, credentials("pinned", "sha"))
    assert [(one.user, one.engine_id) for one in seen] == [
        ("noc", "8000000001020304"),
        ("pinned", "8000000001020304"),
        ("noc", "80001f88800102030405"),
    ]
    assert causes == {"engine": 1}
    assert informed.returncode == 0


@pytest.mark.parametrize("command", ["snmptrap", "snmpinform"])
@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (credentials("nobody", "sha"), "user"),
        (credentials("noc", "sha", "aes-128", auth_key="another key"), "digest"),
        (credentials("noc", "sha-256", "aes-128"), "digest"),
        (credentials("far", "sha", "aes-128"), "network"),
        (credentials("noc", "sha", "aes-128", priv_key="another key"), "decryption|message"),
    ],
)
def test_pitfall_4_rejected_messages_are_counted_by_cause_and_source(
    options: list[str], cause: str, command: str, tmp_path: Path
) -> None:
    users = (user_of("sha", "aes-128"), user_of("sha", "aes-128", "far", networks=("192.0.2.0/24",)))
    with receiver(users=users) as (listening, address):
        send("snmptrap", tmp_path, address, credentials("noc", "sha", "aes-128"))
        receive_until(listening, lambda found: total(found) == 1)  # The receiver has started.
        done = send(command, tmp_path, address, options, timeout="0.3")
        counters = wait_for_count(listening, 2 if command == "snmptrap" else 3)
        rejections = [each for each in listening.rejections() if each.reason != "discovery"]
    assert counters.decoded == 1
    assert adds_up(counters)
    assert {each.source for each in rejections} == {"127.0.0.1"}
    assert {each.reason for each in rejections} <= set(cause.split("|"))
    assert rejections
    assert command == "snmptrap" or done.returncode != 0


def test_a_replayed_trap_is_outside_the_time_window(tmp_path: Path) -> None:
    """RFC 3414 section 3.2, 7b: pysnmp accepts any boots and time of a sender."""
    options = [*credentials("noc", "sha"), "-e", "0x8000000001020304", "-Z"]
    with receiver(users=(user_of("sha", None),)) as (listening, address):
        for number, clock in enumerate(("5,1000", "5,900", "5,849", "4,2000", "5,1001", "6,1", "5,1002")):
            words = (str(number), f"{B}.2.0.3", f"{B}.1.2.4.0", "i", str(number + 1))
            send("snmptrap", tmp_path, address, [*options, clock], words)
        counters = wait_for_count(listening, 7)
        seen = receive_until(listening, lambda found: total(found) == 4) if counters.decoded else []
        causes = listening.causes()
    assert [one.uptime_centiseconds for one in seen] == [0, 1, 4, 5]
    assert causes == {"time": 3}


def test_repeated_traps_are_coalesced(tmp_path: Path) -> None:
    with receiver(users=(user_of("sha", "aes-128"),), window_seconds=1.0) as (listening, address):
        for _ in range(5):
            send("snmptrap", tmp_path, address, credentials("noc", "sha", "aes-128"))
        seen = receive_until(listening, lambda found: total(found) == 5)
        counters = listening.counters()
    assert len(seen) <= 2
    assert (counters.decoded, counters.coalesced) == (len(seen), 5 - len(seen))


def test_snmpv3_without_users_is_rejected_and_users_do_not_change_the_communities(tmp_path: Path) -> None:
    with receiver() as (listening, address):
        send("snmptrap", tmp_path, address, credentials("noc", "sha"))
        wait_for_count(listening, 1)
        assert listening.causes() == {"version": 1}
    with receiver(users=(user_of("sha", None),), communities=()) as (listening, address):
        send("snmptrap", tmp_path, address, ["-v", "2c", "-c", "public"])
        wait_for_count(listening, 1)
        assert listening.causes() == {"community": 1}


def test_pitfall_9_the_engine_is_the_same_after_a_restart_and_its_boots_increase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Engine ID and boots are in the configured directory, and not in the shared temporary directory."""
    shared = tmp_path / "tmp"
    shared.mkdir()
    monkeypatch.setenv("TMPDIR", str(shared))
    state, sender = tmp_path / "state", tmp_path / "sender"
    sender.mkdir()
    engines = []
    for boots in (1, 2, 3):
        settings = ReceiverSettings((("127.0.0.1", 0),), users=(user_of("sha-256", "aes-128"),), state_directory=state)
        listening = Receiver(settings)
        (address,) = listening.start()
        done = send("snmpinform", sender, address, credentials("noc", "sha-256", "aes-128"))
        receive_until(listening, lambda found: total(found) == 1)
        engines.append(listening.engine_id)
        listening.close()
        assert done.returncode == 0
        assert f'"boots": {boots}' in (state / "snmp-engine.json").read_text()
    assert len(set(engines)) == 1
    assert os.listdir(shared) == []


def test_pitfall_7_and_8_random_octets_do_not_stop_the_receiver_and_close_leaves_nothing(tmp_path: Path) -> None:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    before = children.read_text().split()
    entropy = random.Random(20261124)
    with receiver(users=(user_of("sha", None),)) as (listening, address):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for length in range(0, 400, 2):
                sock.sendto(b"\x30\x82\x01\x00\x02\x01\x03" + entropy.randbytes(length), address)
        assert send("snmpinform", tmp_path, address, credentials("noc", "sha")).returncode == 0
        (seen,) = receive_until(listening, lambda found: total(found) == 1)
        counters = listening.counters()
    assert seen.user == "noc"
    assert adds_up(counters)
    assert children.read_text().split() == before


def test_versions_communities_and_users_share_a_listener(tmp_path: Path) -> None:
    users = (user_of(None, None, "uNone"), user_of("sha-256", "aes-128", "usha-256"))
    v1 = (f"{B}.2", "10.9.8.7", "6", "3", "1")
    with receiver(users=users, communities=(Community("public"),)) as (listening, address):
        for options, words in (
            (["-v", "1", "-c", "public"], v1),
            (["-v", "2c", "-c", "public"], START),
            (credentials("uNone"), START),
            (credentials("usha-256", "sha-256", "aes-128"), START),
        ):
            for command in ("snmptrap", "snmpinform"):
                if (command, words) != ("snmpinform", v1):
                    assert send(command, tmp_path, address, options, words).returncode == 0
        seen = receive_until(listening, lambda found: total(found) == 7)
    seen_forms = {(one.version, one.inform, one.level) for one in seen}
    levels = [SecurityLevel.NO_AUTH_NO_PRIV.word, SecurityLevel.AUTH_PRIV.word]
    v3 = set(itertools.product(("v3",), (False, True), levels))
    assert seen_forms == {("v1", False, None), ("v2c", False, None), ("v2c", True, None)} | v3
