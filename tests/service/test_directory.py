"""Clients of an LDAP directory in the core: questions, what is remembered, and no answer."""

from typing import Any

import pytest

from dhcpserver.config.advice import advice
from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.service.consulting import Asked, Finding, Question
from dhcpserver.service.query import Reply
from dhcpserver.service.turn import Inputs, Moment
from dhcpserver.wire.dhcp4 import Packet, parse
from tests.service.standalone import LINK, Client, Site, dotted
from tests.service.test_clients import SITE

LDAP = """
[[ldap]]
name = "directory"
hostname = "127.0.0.1"
search-path = "o=x"
query-dictionary = { ou = "client-class-name" }
query-timeout = 2
"""


class Asking(Site):
    """A server with a directory, whose answers the test gives."""

    def __init__(self, more: str = "") -> None:
        super().__init__(SITE.format(more=LDAP + more, counts="true\nclient-cache-ttl = 60\nclient-cache-count = 2"))
        self.core.outside.can_ask = True
        self.questions: list[Question] = []

    def turn(self, *packets: bytes, arrival: Any = LINK) -> list[Reply]:
        replies = super().turn(*packets, arrival=arrival)
        self.questions += self.last.questions
        return replies

    def answer(self, result: Any, failure: str = "") -> Packet | None:
        finding = Finding(self.questions.pop(0).number, result, failure)
        self.last = self.core.turn(Moment(self.now, self.now), Inputs(findings=[finding]))
        return parse(self.last.replies[0].octets) if self.last.replies else None

    @property
    def counts(self) -> dict[str, int]:
        return {name: count for name, count in self.core.outside.directory.counts.items() if count}


def test_a_client_of_the_directory_is_asked_for_and_remembered() -> None:
    site = Asking()
    assert Client(site, 9).discover() is None
    (question,) = site.questions
    assert (question.of, question.request) == (Asked.DIRECTORY, {"names": ["02:00:00:00:00:09"]})
    offer = site.answer({"client-class-name": "phone", "host-name": "desk"})
    assert offer is not None
    assert dotted(offer.yiaddr) == "198.51.100.10"
    again = Client(site, 9).discover()
    assert again is not None
    assert dotted(again.yiaddr) == "198.51.100.10"
    site.now += 61
    assert Client(site, 9).discover() is None, "not longer than client-cache-ttl"
    assert site.counts == {"answered": 1}


def test_a_client_of_the_configuration_is_not_asked_for() -> None:
    site = Asking()
    assert Client(site, 1).discover() is not None
    assert site.questions == []


def test_a_client_without_an_entry_is_the_default_one_and_is_remembered() -> None:
    site = Asking('[[client]]\nname = "default"\nclient-class-name = "phone"\n')
    Client(site, 9).discover()
    offer = site.answer(None)
    assert offer is not None
    assert dotted(offer.yiaddr) == "198.51.100.10"
    assert Client(site, 9).discover() is not None
    assert site.counts == {"unknown": 1}


@pytest.mark.parametrize("late", [True, False])
def test_without_an_answer_the_client_is_the_default_one(late: bool) -> None:
    """After it, nothing is asked for a while: a directory that is away delays few clients."""
    site = Asking()
    Client(site, 9).discover()
    assert site.core.deadline() == site.now + 2.0
    if late:
        site.now += 2.0
        (reply,) = site.turn()
        offer: Packet | None = parse(reply.octets)
    else:
        offer = site.answer(None, "connection refused")
    assert offer is not None
    assert dotted(offer.yiaddr) == "192.0.2.10"
    assert [line.id for line in site.last.lines] == [18256]
    assert Client(site, 11).discover() is not None
    assert site.counts == {"late" if late else "failed": 1, "not_asked": 1}
    site.now += 8
    assert Client(site, 11).discover() is None, "asked again"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"client-class-name": "tv"}, "there is no client-class 'tv'"),
        ({"policy-name": "tv"}, "there is no policy 'tv'"),
        ({"host-name": "a.b"}, "host-name:"),
        ({"action": "kill"}, "action:"),
    ],
)
def test_an_entry_that_cannot_be_used_is_reported(entry: dict[str, str], reason: str) -> None:
    site = Asking()
    Client(site, 9).discover()
    assert site.answer(entry) is not None
    (line,) = [line.text for line in site.last.lines if line.id == 18257]
    assert reason in line
    assert site.counts == {"failed": 1}


def test_what_is_remembered_is_bounded() -> None:
    site = Asking()
    for last in (21, 22, 23):
        Client(site, last).discover()
        site.answer(None)
    assert Client(site, 23).discover() is not None
    assert Client(site, 21).discover() is None, "the oldest was forgotten"


def test_an_excluded_client_of_the_directory_gets_no_answer() -> None:
    site = Asking()
    Client(site, 9).discover()
    assert site.answer({"action": "exclude"}) is None
    assert site.core.counters.dropped == {"excluded": 1}


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('"127.0.0.1"', '"192.0.2.1"', "set tls, or allow-plain"),
        ("query-timeout = 2", 'ca = "x.pem"', "it needs tls"),
        ("query-timeout = 2", 'username = "cn=x"', "username and password are set together"),
        ("query-timeout = 2", 'search-filter = "(cn=x)"', "pattern"),
        ("{ ou =", '{ ou = "color" } # {', "query-dictionary"),
    ],
)
def test_what_cannot_be_meant_is_refused(old: str, new: str, wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        read(SITE.format(more="", counts="true") + LDAP.replace(old, new))


def test_a_directory_that_is_not_asked_is_reported() -> None:
    found = [text for _, text in advice(read(SITE.format(more="", counts="false") + LDAP))]
    assert found[0] == "client-class of the server is false, so that no LDAP server is asked"
