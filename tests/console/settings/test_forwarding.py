"""`[[traps.forward]]`: what the recipients are told, and the loops that the configuration refuses with their line."""

from pathlib import Path

import pytest

from console.errors import ConfigError, SourceError
from console.settings.document import load
from console.settings.explain import values
from console.settings.traps import TrapSettings
from console.sources.traps import ForwardingReceiver, open_receiver
from snmp.forward.forwarder import Forwarder, ForwardRule
from snmp.send.recipient import Recipient

PAIR = """\
[[pair]]
name = "p"
[[pair.server]]
name = "a"
role = "main"
api = "http://127.0.0.1:1"
user = "u"
[[pair.server]]
name = "b"
role = "backup"
api = "http://127.0.0.1:2"
user = "u"
"""


def written(folder: Path, traps: str) -> Path:
    path = folder / "pairwatch.toml"
    path.write_text(PAIR + traps, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("listen", "address", "own"),
    [
        ("127.0.0.1:1162", "127.0.0.1:1162", "127.0.0.1:1162"),
        ("0.0.0.0:1162", "127.0.0.1:1162", "0.0.0.0:1162"),
        ("0.0.0.0:1162", "127.0.0.9:1162", "0.0.0.0:1162"),
        ("[::]:1162", "[::1]:1162", r"\[::\]:1162"),
        ("0.0.0.0:1162", "0.0.0.0:1162", "0.0.0.0:1162"),
        ("0.0.0.0:1162", "[::ffff:127.0.0.1]:1162", "0.0.0.0:1162"),
    ],
)
def test_its_own_address_is_refused_with_its_line(listen: str, address: str, own: str, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f'[traps]\nlisten = "{listen}"\n[[traps.forward]]\naddress = "192.0.2.9:162"\n'
        f'[[traps.forward]]\noids = ["1.3.6.1"]\naddress = "{address}"\n',
    )
    with pytest.raises(ConfigError, match=rf"pairwatch.toml:19: .* is {own} of traps.listen: .* forward to itself"):
        load(path)


@pytest.mark.parametrize("address", ["127.0.0.1:1163", "192.0.2.9:1162", "[::1]:1162"])
def test_another_port_or_another_machine_is_accepted(address: str, tmp_path: Path) -> None:
    path = written(tmp_path, f'[traps]\nlisten = "0.0.0.0:1162"\n[[traps.forward]]\naddress = "{address}"\n')
    assert [each.address for each in load(path).traps.forward] == [address]


def test_the_option_listen_does_not_avoid_the_check() -> None:
    settings = TrapSettings.model_validate({"listen": "127.0.0.1:1", "forward": [{"address": "127.0.0.1:1162"}]})
    with pytest.raises(SourceError, match="forward to itself"):
        open_receiver(settings.model_copy(update={"listen": ("127.0.0.1:1162",)}))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('address = "noc.example:162"', "noc.example"),
        ('address = "192.0.2.9:162"\nuser = "noc"', "traps.user.* is called 'noc'"),
        ('address = "192.0.2.9:162"\noids = ["linkDown"]', "write an OID in numbers"),
        ('address = "192.0.2.9:162"\nfrom = ["here"]', "IPv4 or IPv6 network"),
        ('address = "192.0.2.9:162"\ncommunity = "a"\nuser = "b"', "a community and a user are given"),
        ('address = "192.0.2.9:162"\ncommunity = "a"\ncommunity_file = "b"', "one is enough"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(keys: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"pairwatch.toml:1[2-5]: .*{words}"):
        load(written(tmp_path, f"[[traps.forward]]\n{keys}\n"))


def test_everything_reaches_the_forwarder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "community").write_text("other\n")
    (tmp_path / "community").chmod(0o600)
    rules: list[ForwardRule] = []

    class Recording(Forwarder):
        def __init__(self, given: list[ForwardRule], state: Path) -> None:
            rules.extend(given)
            assert state == tmp_path / "state" / "forward"
            super().__init__([])

    monkeypatch.setattr("snmp.forward.forwarder.Forwarder", Recording)
    settings = TrapSettings.model_validate(
        {
            "listen": "127.0.0.1:0",
            "state": "state",
            "user": [{"name": "noc", "auth": "sha", "auth_key": "authentic-words"}],
            "forward": [
                {"address": "192.0.2.9:162", "from": ["192.0.2.0/24"], "oids": ["1.3.6.1.4.1.9.*", ".1.3.6"]},
                {"address": "[2001:db8::9]:1162", "community_file": "community"},
                {"address": "192.0.2.10:162", "user": "noc"},
            ],
        }
    ).beside(tmp_path)
    receiver = open_receiver(settings)
    assert isinstance(receiver, ForwardingReceiver)
    receiver.close()
    user = settings.user[0].user()
    assert rules == [
        ForwardRule(
            Recipient("192.0.2.9:162", "192.0.2.9", 162, ""), True, ("192.0.2.0/24",), ("1.3.6.1.4.1.9", "1.3.6")
        ),
        ForwardRule(Recipient("[2001:db8::9]:1162", "2001:db8::9", 1162, "other"), False),
        ForwardRule(Recipient("192.0.2.10:162", "192.0.2.10", 162, "", "v3", user), False),
    ]


def test_the_settings_are_explained_by_the_names_in_the_file_and_no_community_is_shown(tmp_path: Path) -> None:
    path = written(
        tmp_path, '[[traps.forward]]\naddress = "192.0.2.9:162"\nfrom = ["192.0.2.0/24"]\ncommunity = "hidden"\n'
    )
    settings = load(path)
    found = {each.path: each for each in values(settings, path.read_text(encoding="utf-8"))}
    assert found["traps.forward[1].from"].line == 15
    assert found["traps.forward[1].from"].value == '["192.0.2.0/24"]'
    assert found["traps.forward[1].community"].value == "(secret)"
    assert "hidden" not in repr(settings)
