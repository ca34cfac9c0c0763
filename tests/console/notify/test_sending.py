"""Messages on their way: through a real apprise to a real server, failures counted, takeovers without repetition."""

import json
import stat
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from console.cli import run
from console.errors import ConfigError
from console.insight.fold import fold, fold_all
from console.model.alarm_records import kept_alarms, read_alarms
from console.model.observations import Notified, Observation
from console.notify.decide import Message, due
from console.notify.notifier import AGAIN_SECONDS, Notifier
from console.notify.sender import ATTEMPTS, Sender, Undelivered, deliver
from console.settings.notify import NotifySettings
from console.state.store import PictureStore
from tests.console.notify.test_decide import CONFLICT, conflict, rule
from tests.console.scenes import NOW, PAIR, ZONE, empty

MESSAGE = Message("pager", "first", "CRITICAL address-conflict example-pair", "two clients", ((PAIR, CONFLICT),))


class Pager(HTTPServer):
    """Takes JSON messages and keeps them; `status` is what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.taken: list[dict[str, Any]] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/?secret=s3cret"


class _Taking(BaseHTTPRequestHandler):
    server: Pager

    def do_POST(self) -> None:
        self.server.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def pager() -> Iterator[Pager]:
    server = Pager()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_message_goes_through_apprise(pager: Pager) -> None:
    deliver([pager.url], MESSAGE.title, MESSAGE.body)
    (body,) = pager.taken
    assert (body["title"], body["message"]) == (MESSAGE.title, MESSAGE.body)


@pytest.mark.parametrize(
    "url", ["mailto://jo:pa55word@127.0.0.1:1/?smtp=127.0.0.1&from=a@b.example", "no url pa55word"]
)
def test_a_failure_says_so_and_tells_no_secret(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Undelivered) as failed:
        deliver([url], "title", "body")
    said = capfd.readouterr()
    assert "pa55word" not in f"{failed.value}{said.out}{said.err}"


def test_a_pager_that_refuses_is_tried_again_and_then_counted(pager: Pager) -> None:
    pager.status = 500
    heard: list[tuple[Message, bool]] = []
    finished = threading.Event()

    def done(message: Message, delivered: bool) -> None:
        heard.append((message, delivered))
        finished.set()

    sender = Sender([rule(url=[pager.url])], done, pause_seconds=0.01)
    sender.start()
    sender.send(MESSAGE)
    assert finished.wait(10)
    assert (len(pager.taken), heard, sender.failed) == (ATTEMPTS, [(MESSAGE, False)], 1)
    assert str(sender.failure) == "notification pager not delivered: a service did not take it"
    pager.status = 200
    finished.clear()
    sender.send(MESSAGE)
    assert finished.wait(10)
    assert not sender.failure
    sender.close()


class Telling:
    """A process that collects, and what its pager got."""

    def __init__(self, rules: Sequence[NotifySettings], store: PictureStore) -> None:
        self.turn = True
        self.store = store
        self.notifier = Notifier(rules, store, lambda: self.turn)
        self.sent: list[Message] = []
        self.notifier.sender.send = self._send  # type: ignore[method-assign]

    def _send(self, message: Message) -> bool:
        self.sent.append(message)
        return True


def test_a_takeover_neither_repeats_nor_loses() -> None:
    now = NOW
    journal: list[Observation] = []
    rules = [rule()]
    first = Telling(rules, PictureStore(empty(), lambda: now, ZONE, journal.append))
    first.store.observe(conflict())
    first.store.observe(conflict(NOW, "192.0.2.10"))
    first.notifier.look()
    assert len(first.sent) == 2
    first.notifier.look()
    assert len(first.sent) == 2, "what is under way is not sent again"
    first.notifier.told(first.sent[0], True)  # The other one was under way when it died.

    second = Telling(rules, PictureStore(empty(), lambda: now, ZONE))
    second.store.recall(journal)
    second.turn = False
    second.notifier.look()
    assert second.sent == [], "not its turn"
    second.turn = True
    second.notifier.look()
    assert [each.about for each in second.sent] == [first.sent[1].about]


def test_what_could_not_be_delivered_is_due_again_later() -> None:
    now = NOW
    telling = Telling([rule()], PictureStore(empty(), lambda: now, ZONE))
    telling.store.observe(conflict())
    telling.notifier.look()
    telling.notifier.told(telling.sent[0], False)
    telling.notifier.look()
    assert len(telling.sent) == 1
    now = NOW + AGAIN_SECONDS + 1
    telling.notifier.look()
    assert len(telling.sent) == 2


def test_what_was_told_survives_with_the_alarm() -> None:
    found = fold_all(empty(), [conflict(), Notified(NOW, PAIR, "pager", "first", CONFLICT)])
    alarms = found.pairs[PAIR].alarms
    assert read_alarms(json.loads(json.dumps(kept_alarms(alarms.values())))) == dict(alarms)
    assert due([rule()], found, NOW + 1) == []
    assert due([rule()], fold(empty(), conflict()), NOW + 1)


def test_urls_stand_in_a_file_that_nobody_else_may_read(tmp_path: Path) -> None:
    file = tmp_path / "pager.url"
    file.write_text("# the pager\njson://127.0.0.1/\n\n", encoding="utf-8")
    file.chmod(0o644)
    settings = NotifySettings(name="pager", url_file=Path("pager.url")).beside(tmp_path)
    with pytest.raises(ConfigError, match="chmod 600"):
        settings.urls()
    file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert settings.urls() == ["json://127.0.0.1/"]
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="has no URL"):
        settings.urls()


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": []},
        {"url_file": "x"},
        {"kinds": ["no-such-kind"]},
        {"severities": ["loud"]},
        {"quiet": {"begin": "22:00:00", "end": "22:00:00"}},
        {"quiet": {"begin": "22:00:00", "end": "07:00:00", "zone": "Mars/Olympus"}},
        {"escalate_minutes": 5},
        {"at_most": 0},
        {"name": "a/b"},
    ],
)
def test_a_wrong_table_is_refused_without_its_url(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        rule(**{"url": ["json://user:pa55word@127.0.0.1"], **wrong})
    assert "pa55word" not in str(refused.value)


CONFIG = """\
[[pair]]
name = "example-pair"
[[pair.server]]
name = "dhcp-a"
role = "main"
api = "http://127.0.0.11:8067/"
user = "admin"
[[pair.server]]
name = "dhcp-b"
role = "backup"
api = "http://127.0.0.12:8067"
user = "admin"
"""


def test_the_command_sends_a_test_message(pager: Pager, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pairwatch.toml"
    file.write_text(f'{CONFIG}[[notify]]\nname = "pager"\nurl = ["{pager.url}"]\n', encoding="utf-8")
    assert run(["notify", "--config", str(file), "--test", "pager"]) == 0
    assert pager.taken[0]["title"] == "TEST Pairwatch"
    pager.status = 500
    assert run(["notify", "--config", str(file), "--test"]) == 1
    assert run(["notify", "--config", str(file), "--test", "nobody"]) == 1
    assert "s3cret" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "tables",
    [
        '[[notify]]\nname = "a"\nurl = ["s3cret://x"]\nescalate_minutes = 5\nescalate_to = "b"\n',
        '[[notify]]\nname = "a"\nurl = ["s3cret://x"]\npairs = ["other"]\n',
        '[[notify]]\nname = "a"\nurl = "s3cret://x"\n',
        '[[notify]]\nname = "a"\nurl = ["s3cret://x"]\n[[notify]]\nname = "a"\nurl = ["s3cret://x"]\n',
    ],
)
def test_mistakes_in_a_file_are_told_without_the_url(
    tmp_path: Path, tables: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pairwatch.toml"
    file.write_text(CONFIG + tables, encoding="utf-8")
    assert run(["notify", "--config", str(file)]) == 1
    said = capsys.readouterr().err
    assert str(file) in said
    assert "s3cret" not in said
