"""A pair made and synchronised by commands alone, on the applications of two servers."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from dhcpserver.nrcmd.api import Api, HttpApi, Json
from dhcpserver.nrcmd.session import Session
from tests.api.editedserver import PASSWORD, TEXT, EditedServer

TABLE_1 = (
    *("main", "backup", "scopetemplate", "failover", "mclt", "backup-pct", "dynamic-bootp-backup-pct"),
    *("load-balancing", "safe-period", "use-safe-period", "main-server", "backup-server"),
    *("main-ip6address", "backup-ip6address"),
)
ALONE = TEXT.split("[[cluster]]")[0] + TEXT[TEXT.index("[[policy]]") :]


class Transport(httpx.BaseTransport):
    """Passes requests to an application without a network."""

    def __init__(self, edited: EditedServer, runner: asyncio.Runner) -> None:
        self._asgi = httpx.ASGITransport(edited.app)
        self._runner = runner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(self._ask(request))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        again = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._asgi.handle_async_request(again)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


class Server:
    """A server whose configuration is edited; it has no pair in its status yet."""

    def __init__(self, path: Path, text: str, runner: asyncio.Runner) -> None:
        transport = Transport(EditedServer(path, text), runner)
        self._api = HttpApi(httpx.Client(transport=transport, base_url="http://server/api/v1", auth=("jo", PASSWORD)))

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        return {"pairs": []} if path == "/status" else self._api.get(path, query)

    def post(self, path: str, body: Json) -> Json:
        return self._api.post(path, body)

    def patch(self, path: str, body: Json) -> Json:
        return self._api.patch(path, body)

    def delete(self, path: str) -> Json:
        return self._api.delete(path)


class Site:
    """Two servers, and a session at each."""

    def __init__(self, folder: Path, runner: asyncio.Runner) -> None:
        self.main = Server(folder / "main.toml", ALONE, runner)
        self.backup = Server(folder / "backup.toml", ALONE.replace('"main"\n', '"backup"\n', 1), runner)
        self.sessions = {
            "main": Session(self.main, self.of, lambda: 0.0),
            "backup": Session(self.backup, self.of, lambda: 0.0),
        }

    def of(self, cluster: str) -> Api:
        return {"main": self.main, "backup": self.backup}[cluster]

    def run(self, *lines: str, at: str = "main") -> str:
        """Execute lines; return the text of the last answer."""
        text = ""
        for line in lines:
            answer = self.sessions[at].execute(line)
            assert answer is not None
            text = answer.text()
        return text


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with asyncio.Runner() as runner:
        yield Site(tmp_path, runner)


CLUSTERS = ("cluster main create 127.0.0.1", "cluster backup create 127.0.0.2")


def test_a_pair_is_made_of_two_clusters_and_synchronised(site: Site) -> None:
    """R-015, R-032, R-041: afterwards an exact synchronisation has nothing to change."""
    create = "failover-pair example-fo-pair create MAIN backup mclt=30m backup-pct=40"
    for at in ("main", "backup"):
        assert site.run(*CLUSTERS, create, at=at) == "100 Ok"
        assert site.run("failover-pair listbrief", at=at) == "100 Ok\nexample-fo-pair, main = main, backup = backup"
    assert site.run("failover-pair example-fo-pair get mclt") == "100 Ok: mclt=30m"
    site.run("scope new create 10.0.5.0/24 ranges=10.0.5.10-10.0.5.90", "policy default create grace-period=7m", "save")
    text = site.run("failover-pair example-fo-pair sync exact -report")
    assert "scope new: add (Scopes)" in text
    assert site.run("scope listnames", at="backup") == "100 Ok\nlab", "a report changes nothing"
    assert site.run("failover-pair example-fo-pair sync exact -yes").startswith("100 Ok")
    assert site.run("scope listnames", at="backup") == "100 Ok\nlab\nnew"
    for direction in ("main-to-backup", "backup-to-main"):
        site.run("save", at="backup")
        assert site.run(f"failover-pair example-fo-pair sync exact {direction} -report") == "100 Ok: nothing to change"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("failover-pair p create nowhere backup", "there is no cluster 'nowhere'"),
        ("failover-pair p create main nowhere", "there is no cluster 'nowhere'"),
        ("failover-pair p create main", "backup: it is required"),
        ("failover-pair p create main backup more", "create takes main, backup; this is 'more'"),
    ],
)
def test_the_clusters_of_a_pair_exist(site: Site, line: str, text: str) -> None:
    """R-042, R-043: main and backup name clusters."""
    site.run(*CLUSTERS)
    assert text in site.run(line)
    assert site.run("failover-pair list") == "100 Ok"


def test_a_cluster_that_a_pair_names_stays(site: Site) -> None:
    """R-042, R-043; a new name is followed."""
    site.run(*CLUSTERS, "failover-pair p create main backup")
    for name in ("main", "backup"):
        refusal = site.run(f"cluster {name} delete")
        assert refusal.startswith("361 Refused: ")
        assert "failover-pair p" in refusal
    assert site.run("cluster main create 127.0.0.9").startswith("314 Exists already")
    site.run("cluster backup set name=second")
    assert site.run("failover-pair p get backup") == "100 Ok: backup=second"


def test_the_advanced_view_has_all_attributes_of_table_1(site: Site) -> None:
    """R-040: those for special cases are hidden before, unless they are set."""
    site.run(*CLUSTERS, "failover-pair p create main backup main-server=127.0.0.9")
    shown = {visibility: _attributes(site, visibility) for visibility in (5, 4)}
    assert set(TABLE_1) <= shown[4]
    assert set(TABLE_1) - shown[5] == {"scopetemplate", "backup-server", "main-ip6address", "backup-ip6address"}


def _attributes(site: Site, visibility: int) -> set[str]:
    lines = site.run(f"session set visibility={visibility}", "failover-pair p show").splitlines()
    return {line.split("=")[0].strip() for line in lines[1:]}


def test_update_warns_where_complete_or_exact_is_for_the_first_synchronisation(site: Site) -> None:
    """R-064."""
    for at in ("main", "backup"):
        site.run(*CLUSTERS, "failover-pair p create main backup", "policy default create", "save", at=at)
    site.run("trap-recipient noc create 192.0.2.1", "save")
    site.run("trap-recipient noc create 192.0.2.2", "save", at="backup")
    text = site.run("failover-pair p sync update -report")
    expected = (
        "101 Ok, with warnings: nothing to change; update leaves 1 differences: for the first synchronisation use"
    )
    assert text.startswith(expected)
    assert site.run("failover-pair p sync complete").startswith("100 Ok: 1 to replace")
    site.run("save", at="backup")
    assert site.run("failover-pair p sync update -report") == "100 Ok: nothing to change"


def test_a_sync_needs_its_operation(site: Site) -> None:
    """R-060, R-061: update is not the default of the command, since it is not for the first synchronisation."""
    site.run(*CLUSTERS, "failover-pair p create main backup")
    assert site.run("failover-pair p sync").startswith("306 Invalid command: write sync {update|complete|exact}")
