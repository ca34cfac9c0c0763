"""Extensions in the core: when they are called, what their answers change, and what happens without an answer."""

from typing import Any

import pytest

from dhcpserver.service.consulting import Finding, Question
from dhcpserver.service.query import Reply
from dhcpserver.service.turn import Inputs, Moment
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet, parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, LINK, Client, Site, asked, dotted, server_id

EXTENSIONS = """
[[extension]]
name = "site"
file = "site.py"
entry = "choose"
time-limit = 100

[[extension]]
name = "other"
file = "site.py"
entry = "other"

[[extension-point]]
name = "{point}"
extensions = {extensions}
"""


class Asking(Site):
    """A server with one extension at a point, whose answer the test gives."""

    def __init__(self, point: str, extensions: str = '["site"]') -> None:
        super().__init__(CONFIGURATION + EXTENSIONS.format(point=point, extensions=extensions))
        self.core.outside.can_ask = True
        self.questions: list[Question] = []

    def turn(self, *packets: bytes, arrival: Any = LINK) -> list[Reply]:
        replies = super().turn(*packets, arrival=arrival)
        self.questions += self.last.questions
        return replies

    def answer(self, *results: Any, failure: str = "") -> Packet | None:
        """Answer the oldest question; return the reply to its message."""
        question = self.questions.pop(0)
        answers = [each if isinstance(each, dict) and "error" in each else {"result": each} for each in results]
        finding = Finding(question.number, answers, failure)
        self.last = self.core.turn(Moment(self.now, self.now), Inputs(findings=[finding]))
        return parse(self.last.replies[0].octets) if self.last.replies else None

    @property
    def counts(self) -> dict[str, int]:
        return self.core.outside.extending.counts["site"]

    def lines(self) -> list[str]:
        return [line.text for line in self.last.lines if line.id in (18250, 18251)]


def test_an_extension_chooses_the_address_of_a_new_client() -> None:
    """R-028: the message waits for the answer, and gets the address that the extension supplies."""
    site = Asking("generate-lease")
    client = Client(site, 1)
    assert client.discover() is None
    (question,) = site.questions
    assert question.request["calls"] == [["generate-lease", "site"]]
    about = question.request["request"]
    assert (about["family"], about["message"], about["hardware"]) == (4, "DISCOVER", "02:00:00:00:00:01")
    offer = site.answer({"address": "192.0.2.13"})
    assert offer is not None
    assert dotted(offer.yiaddr) == "192.0.2.13"
    client.select("192.0.2.13")
    ack = site.answer(None)
    assert ack is not None
    assert dotted(ack.yiaddr) == "192.0.2.13"
    client.discover()
    again = site.answer({"address": "192.0.2.14"})
    assert again is not None
    assert dotted(again.yiaddr) == "192.0.2.13", "a client with a lease keeps it"
    assert site.counts == {"answered": 3, "failed": 0, "late": 0}


@pytest.mark.parametrize("address", ["192.0.2.12", "192.0.2.200", "198.51.100.1", "2001:db8::1"])
def test_an_address_that_this_server_may_not_give_is_not_given(address: str) -> None:
    """It is reserved for another client, in no range, of another network, or of the other family."""
    site = Asking("generate-lease")
    Client(site, 1).discover()
    offer = site.answer({"address": address})
    assert offer is not None
    assert dotted(offer.yiaddr) == "192.0.2.10"


def test_an_extension_adds_options_and_leaves_some_out() -> None:
    """R-097: options by name or number, of their types; an added one is sent without a request too."""
    site = Asking("pre-packet-encode")
    Client(site, 1).discover((55, bytes((1, 3, 6))))
    offer = site.answer({"options": {"domain-name": "lab.example", "42": ["192.0.2.9"]}, "without": ["routers", 6]})
    assert offer is not None
    assert offer.options[15] == b"lab.example"
    assert offer.options[42] == bytes((192, 0, 2, 9))
    assert not {3, 6} & offer.options.keys()
    Client(site, 2).discover((55, bytes((1, 3, 6))))
    plain = site.answer(None)
    assert plain is not None
    assert {3, 6} <= plain.options.keys()


def test_an_extension_drops_a_message() -> None:
    site = Asking("post-packet-decode")
    Client(site, 1).discover()
    assert site.answer({"drop": True}) is None
    assert site.core.counters.dropped == {"extension": 1}


def test_extensions_of_a_point_are_called_in_their_order() -> None:
    site = Asking("generate-lease", '["other", "site"]')
    Client(site, 1).discover()
    assert site.questions[0].request["calls"] == [["generate-lease", "other"], ["generate-lease", "site"]]
    offer = site.answer({"address": "192.0.2.11"}, {"address": "192.0.2.14"})
    assert offer is not None
    assert dotted(offer.yiaddr) == "192.0.2.14"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"error": "ValueError: no"}, "ValueError: no"),
        ("192.0.2.13", "its answer is not a table: str"),
        ({"adress": "192.0.2.13"}, "an answer at generate-lease has no 'adress'"),
        ({"address": "192.0.2.300"}, "At least 3 parts"),
        ({"prefix": 7}, "7"),
    ],
)
def test_a_wrong_answer_is_logged_and_the_message_is_handled_as_configured(answer: Any, reason: str) -> None:
    """R-097."""
    site = Asking("generate-lease")
    Client(site, 1).discover()
    offer = site.answer(answer)
    assert offer is not None
    assert dotted(offer.yiaddr) == "192.0.2.10"
    assert site.counts == {"answered": 0, "failed": 1, "late": 0}
    (line,) = site.lines()
    assert "Extension site failed" in line
    assert reason in line or "address" in reason or "At least" in reason


@pytest.mark.parametrize(
    "answer",
    [
        {"options": {"lease-time": 5}},
        {"options": {"routers": "x"}},
        {"options": []},
        {"without": {}},
        {"options": {"no-option": 1}},
    ],
)
def test_options_that_do_not_fit_are_a_failure(answer: Any) -> None:
    site = Asking("pre-packet-encode")
    Client(site, 1).discover()
    assert site.answer(answer) is not None
    assert site.counts["failed"] == 1


def test_a_message_does_not_wait_longer_than_the_time_limit() -> None:
    """R-097: late is logged and counted, and a late answer changes nothing."""
    site = Asking("generate-lease")
    Client(site, 1).discover()
    assert site.core.deadline() == site.now + 0.1
    site.now += 0.1
    (reply,) = site.turn()
    assert dotted(parse(reply.octets).yiaddr) == "192.0.2.10"
    assert site.counts == {"answered": 0, "failed": 0, "late": 1}
    assert site.lines() == ["Extension site gave no answer in time; the message was handled as configured."]
    assert site.answer({"address": "192.0.2.13"}) is None


def test_a_clock_that_is_set_does_not_prolong_the_wait() -> None:
    site = Asking("generate-lease")
    Client(site, 1).discover()
    due = site.core.deadline()
    outputs = site.core.turn(Moment(site.now + 3600, site.now + 0.05), Inputs())
    assert outputs.replies == []
    assert site.core.deadline() == due


def test_other_messages_are_not_asked_about() -> None:
    site = Asking("generate-lease")
    Client(site, 1).release("192.0.2.10")
    Client(site, 1).send(MessageType.DECLINE, asked("192.0.2.10"), server_id(LINK.address))
    site.turn(b"\0" * 7)
    assert site.questions == []
    assert site.core.counters.dropped["malformed"] == 1


def test_too_many_waiting_messages_are_handled_as_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dhcpserver.service.consulting.WAITING", 1)
    site = Asking("generate-lease")
    Client(site, 1).discover()
    assert Client(site, 2).discover() is not None
    assert site.counts["late"] == 1


def test_without_a_shell_messages_are_handled_as_configured() -> None:
    """`serve --check --client` runs no code of extensions."""
    site = Asking("generate-lease")
    site.core.outside.can_ask = False
    assert Client(site, 1).discover() is not None


def test_the_time_of_a_failed_process_is_not_waited_for() -> None:
    site = Asking("generate-lease")
    Client(site, 1).discover((options4.PARAMETER_REQUEST_LIST, bytes((1,))))
    assert site.answer(failure="its process ended") is not None
    assert site.counts["failed"] == 1
    assert "its process ended" in site.lines()[0]
