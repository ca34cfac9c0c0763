"""`make` of a pair and of a server, and the settings that each make declares."""

from pathlib import Path

import pytest

from console.errors import ConfigError
from console.makes.isc.profile import ISC
from console.makes.opening import open_source
from console.makes.pairwatch.profile import PAIRWATCH
from console.makes.registry import PROFILES, profile
from console.model.profiles import NO_MAKE, unpolled
from console.settings.clients import clients
from console.settings.document import PairSettings, load
from console.settings.explain import settings_known
from console.settings.setup import empty_picture

OWN = 'api = "http://127.0.0.11:8067"\nuser = "admin"\npassword_file = "password"\n'
PAIR = """[[pair]]
name = "campus"
{pair}[[pair.server]]
name = "a"
role = "main"
{main}[[pair.server]]
name = "b"
role = "backup"
{backup}"""


def loaded(folder: Path, pair: str = "", main: str = OWN, backup: str = OWN) -> PairSettings:
    path = folder / "pairwatch.toml"
    path.write_text(PAIR.format(pair=pair, main=main, backup=backup), encoding="utf-8")
    (folder / "password").write_text("secret", encoding="utf-8")
    return load(path).pair[0]


def makes(pair: PairSettings) -> list[str]:
    return [server.make for server in pair.server]


def test_a_pair_that_names_no_make_is_pairwatchs_own(tmp_path: Path) -> None:
    assert makes(loaded(tmp_path)) == ["pairwatch", "pairwatch"]


def test_a_make_of_the_pair_is_that_of_its_servers(tmp_path: Path) -> None:
    assert makes(loaded(tmp_path, 'make = "isc"\n', "", 'log = "dhcpd.log"\n')) == ["isc", "isc"]


async def test_a_server_of_another_make_than_its_pair(tmp_path: Path) -> None:
    pair = loaded(tmp_path, 'make = "isc"\n', f'make = "pairwatch"\n{OWN}', "")
    assert makes(pair) == ["pairwatch", "isc"]
    sources = clients(pair)
    assert [sources[name].profile for name in ("a", "b")] == [PAIRWATCH, unpolled(ISC)]
    picture = empty_picture((pair,)).pairs["campus"]
    assert [server.make for server in picture.servers.values()] == [PAIRWATCH, unpolled(ISC)]
    for source in sources.values():
        await source.close()


@pytest.mark.parametrize(
    ("pair", "main", "line", "words"),
    [
        ('make = "keo"\n', OWN, 3, "pair.0.make is 'keo': write one of pairwatch, isc, kea, windows, cisco"),
        (
            "",
            'make = "cisko"\n',
            4,
            "pair.0.server.0.make is 'cisko': write one of pairwatch, isc, kea, windows, cisco",
        ),
        ('make = "isc"\n', OWN, 8, "pair.0.server.0.api is not a setting of this table"),
        ('make = "isc"\n', 'omapi = "192.0.2.21:x"\n', 7, "pair.0.server.0.omapi is '192.0.2.21:x': write HOST:PORT"),
        ("", OWN.replace("http:", "ftp:"), 6, "pair.0.server.0.api is 'ftp://127.0.0.11:8067': write http://HOST:PORT"),
        ("", 'user = "x"\n', 3, "pair.0.server.0.api is missing: add it"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_without_its_make(
    tmp_path: Path, pair: str, main: str, line: int, words: str
) -> None:
    """What a make does nothing with is not accepted."""
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, pair, main, main if "isc" in pair else OWN)
    first = refused.value.lines[0]
    assert first.partition(": ")[2].startswith(words)


def test_every_setting_of_every_make_is_explained() -> None:
    known = {each.name: each for each in settings_known()}
    for name in ("pair.make", "pair.server.make", "pair.server.log", "pair.server.api", "pair.server.trap_sources"):
        assert known[name].meaning, name


def test_a_make_that_is_not_known_tells_nothing_and_can_do_nothing() -> None:
    assert profile("kea-of-another-version") is NO_MAKE
    assert set(PROFILES) == {"pairwatch", "isc", "kea", "windows", "cisco"}
    assert not profile("isc", polled=False).facts
    assert not profile("isc", polled=False).can


async def test_a_source_that_is_not_polled_says_so(tmp_path: Path) -> None:
    source = open_source(loaded(tmp_path, 'make = "isc"\n', "", "").server[0], "campus")
    with pytest.raises(Exception, match="a is ISC dhcpd, known from its traps and its log only"):
        await source.poll()
    assert await source.user_role() is None
    assert source.can() == frozenset()
