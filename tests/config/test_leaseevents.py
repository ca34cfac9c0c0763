"""Receivers of lease events that cannot work, or that would get a secret in clear, are refused with their line."""

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.leaseevents import SYSLOG, WEBHOOKS, Target, target
from tests.config.test_document import GOOD, problems

EVENTS = "\n[lease-events]\n"


def test_the_parts_of_an_address() -> None:
    """The port follows from the scheme."""
    assert target("https://nac.example.org/leases?a=1", WEBHOOKS) == Target(
        "https", "nac.example.org", 443, "/leases?a=1"
    )
    assert target("http://127.0.0.1:8080", WEBHOOKS) == Target("http", "127.0.0.1", 8080, "/")
    assert target("udp://[2001:db8::1]", SYSLOG) == Target("udp", "2001:db8::1", 514, "/")
    assert [target(f"{scheme}://h", SYSLOG).port for scheme in SYSLOG] == [514, 601, 6514]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('webhooks = ["ftp://h/"]', "is not http://HOST:PORT or https://HOST:PORT"),
        ('webhooks = ["https://a:b@h/"]', "use webhook-secret"),
        ('webhooks = ["https:///leases"]', "is not http"),
        ('webhooks = ["https://h:0/"]', "a port is 1 to 65535"),
        ('webhooks = ["https://h:99999/"]', "a port is 1 to 65535"),
        ('webhooks = ["https://h/a b"]', "is not http"),
        ('webhooks = ["https://[::1/"]', "is not http"),
        ('webhooks = ["http://192.0.2.1/"]', "use https, or set allow-plain = true"),
        ('webhooks = ["https://h/", "https://h/"]', "is there twice"),
        ('webhooks = ["https://h/#a"]', "is not http"),
        ('syslog = ["udp://h/path"]', "has a path"),
        ('syslog = ["http://h"]', "is not udp://HOST:PORT or tcp"),
        ('webhook-secret = "x"', "there is no webhook"),
        ('webhooks = ["https://h/"]\nwebhook-secret = "a\\nb"', "printable ASCII characters in one line"),
        ('webhooks = ["https://h/"]\nwebhook-header = "a b"', "pattern"),
        ("queue = 10", "greater than or equal to 100"),
    ],
)
def test_what_cannot_work_is_refused(text: str, fault: str) -> None:
    (found,) = problems(GOOD + EVENTS + text)
    assert found.startswith("line ")
    assert fault in found


def test_plain_http_is_for_this_machine_or_on_request() -> None:
    for text in ('webhooks = ["http://127.0.0.1/"]', 'webhooks = ["http://192.0.2.1/"]\nallow-plain = true'):
        assert read(GOOD + EVENTS + text).lease_events.webhooks


def test_the_secret_is_not_shown() -> None:
    """Neither by a dump nor in the message about a wrong value."""
    configuration = read(GOOD + EVENTS + 'webhooks = ["https://h/"]\nwebhook-secret = "marker"')
    assert configuration.lease_events.webhook_secret.get_secret_value() == "marker"
    assert "marker" not in repr(configuration) + configuration.model_dump_json()
    assert "marker" not in problems(GOOD + EVENTS + 'webhook-secret = "marker"')[0]
