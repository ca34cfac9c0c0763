"""Sending messages: through the real apprise to a real server, counted failures, takeovers without repetition."""

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
from console.notify.decide import Message, due_messages
from console.notify.notifier import RETRY_SECONDS, Notifier
from console.notify.sender import ATTEMPTS, DeliveryError, Sender, deliver
from console.settings.notify import NotifySettings
from console.state.store import PictureStore
from tests.console.notify.test_decide import CONFLICT, conflict, rule
from tests.console.scenes import NOW, PAIR, ZONE, empty, trap

MESSAGE = Message("pager", "first", "CRITICAL address-conflict example-pair", "two clients", ((PAIR, CONFLICT),))


class Pager(HTTPServer):
    """Accepts JSON messages and keeps them. `status` is the HTTP status of its answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _PagerHandler)
        self.taken: list[dict[str, Any]] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/?secret=s3cret"


class _PagerHandler(BaseHTTPRequestHandler):
    server: Pager

    def do_POST(self) -> None:
        self.server.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing."""


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
def test_a_failure_message_contains_no_secret(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DeliveryError) as failed:
        deliver([url], "title", "body")
    captured = capfd.readouterr()
    assert "pa55word" not in f"{failed.value}{captured.out}{captured.err}"


def test_retries_a_refused_message_and_then_counts_the_failure(pager: Pager) -> None:
    pager.status = 500
    results: list[tuple[Message, bool]] = []
    finished = threading.Event()

    def done(message: Message, delivered: bool) -> None:
        results.append((message, delivered))
        finished.set()

    sender = Sender([rule(url=[pager.url])], done, pause_seconds=0.01)
    sender.start()
    sender.send(MESSAGE)
    assert finished.wait(10)
    assert (len(pager.taken), results, sender.failed) == (ATTEMPTS, [(MESSAGE, False)], 1)
    assert str(sender.failure) == "notification pager not delivered: a service did not accept it"
    pager.status = 200
    finished.clear()
    sender.send(MESSAGE)
    assert finished.wait(10)
    assert not sender.failure
    sender.close()


class Collector:
    """A collecting process, with the messages that its sender received."""

    def __init__(self, rules: Sequence[NotifySettings], store: PictureStore) -> None:
        self.collects = True
        self.store = store
        self.notifier = Notifier(rules, store, lambda: self.collects)
        self.sent: list[Message] = []
        self.notifier.sender.send = self._send  # type: ignore[method-assign]

    def _send(self, message: Message) -> bool:
        self.sent.append(message)
        return True


def test_a_takeover_neither_repeats_nor_loses_a_message() -> None:
    now = NOW
    journal: list[Observation] = []
    rules = [rule()]
    first = Collector(rules, PictureStore(empty(), lambda: now, ZONE, journal.append))
    first.store.observe(conflict())
    first.store.observe(trap("dns-queue-too-big"))
    first.notifier.send_due()
    assert len(first.sent) == 2
    first.notifier.send_due()
    assert len(first.sent) == 2, "a message that is being sent is not sent again"
    first.notifier.record_result(first.sent[0], True)  # The result of the other one is lost with the process.

    second = Collector(rules, PictureStore(empty(), lambda: now, ZONE))
    second.store.recall(journal)
    second.collects = False
    second.notifier.send_due()
    assert second.sent == [], "it does not collect"
    second.collects = True
    second.notifier.send_due()
    assert [each.about for each in second.sent] == [first.sent[1].about]


def test_a_message_that_could_not_be_delivered_is_due_again_later() -> None:
    now = NOW
    collector = Collector([rule()], PictureStore(empty(), lambda: now, ZONE))
    collector.store.observe(conflict())
    collector.notifier.send_due()
    collector.notifier.record_result(collector.sent[0], False)
    collector.notifier.send_due()
    assert len(collector.sent) == 1
    now = NOW + RETRY_SECONDS + 1
    collector.notifier.send_due()
    assert len(collector.sent) == 2


def test_sent_messages_are_stored_with_the_alarm() -> None:
    found = fold_all(empty(), [conflict(), Notified(NOW, PAIR, "pager", "first", CONFLICT)])
    alarms = found.pairs[PAIR].alarms
    assert read_alarms(json.loads(json.dumps(kept_alarms(alarms.values())))) == dict(alarms)
    assert due_messages([rule()], found, NOW + 1) == []
    assert due_messages([rule()], fold(empty(), conflict()), NOW + 1)


def test_a_file_with_urls_must_be_readable_by_its_owner_only(tmp_path: Path) -> None:
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
def test_refuses_a_table_that_is_not_valid_without_showing_its_url(wrong: dict[str, Any]) -> None:
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
    assert run(["notify", "--config", str(file), "--test", "other"]) == 1
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
def test_reports_faults_in_a_file_without_the_url(
    tmp_path: Path, tables: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pairwatch.toml"
    file.write_text(CONFIG + tables, encoding="utf-8")
    assert run(["notify", "--config", str(file)]) == 1
    printed = capsys.readouterr().err
    assert str(file) in printed
    assert "s3cret" not in printed
