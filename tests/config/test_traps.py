"""A trap recipient or a threshold that cannot work is refused with the wrong attribute."""

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.traps import snmp_user
from snmp.security.access import SecurityLevel
from tests.config.test_document import GOOD, problems

RECIPIENT = """
[[trap-recipient]]
name = "noc"
ip-addr = "2001:db8::1"
"""

V3 = """
version = "v3"
user = "noc"
auth-protocol = "sha-256"
auth-key = "authentic"
priv-protocol = "aes-128"
priv-key = "private12"
inform = true
timeout = 1.5
retries = 0
"""


def test_a_recipient_of_snmpv3_has_a_user() -> None:
    (recipient,) = read(GOOD + RECIPIENT + V3).trap_recipient
    user = snmp_user(recipient)
    assert (user.name, user.level) == ("noc", SecurityLevel.AUTH_PRIV)
    assert (recipient.timeout, recipient.retries) == (1.5, 0)
    assert "authentic" not in repr(recipient)
    assert "private12" not in repr(user)


@pytest.mark.parametrize(
    ("lines", "field", "message"),
    [
        ('version = "v3"', "user", "version v3 needs a user"),
        ('version = "v3"\nuser = "noc"\npriv-protocol = "des"', "priv-protocol", "privacy needs authentication"),
        ('version = "v3"\nuser = "noc"\nauth-protocol = "md5"', "auth-key", "at least 8 characters, there is none"),
        (V3.replace("authentic", "short"), "auth-key", "a key has at least 8 characters, it has 5"),
        (V3.replace("private12", "7777777"), "priv-key", "a key has at least 8 characters, it has 7"),
        ('version = "v3"\nuser = "noc"\nauth-key = "authentic"', "auth-key", "there is a key but no protocol"),
        (f'version = "v3"\nuser = "{"x" * 33}"', "user", "a user's name has 1 to 32 octets"),
        (V3 + 'community = "public"', "community", "version v3 has a user, not a community"),
        ('user = "noc"', "user", 'it needs version = "v3", not v2c'),
        ('version = "v1"\ninform = true', "inform", "SNMPv1 has no informs"),
        ("retries = -1", "retries", "greater than or equal to 0"),
        ('auth-protocol = "sha-1"', "auth-protocol", "'md5', 'sha'"),
    ],
)
def test_a_recipient_that_could_never_get_a_trap_is_refused(lines: str, field: str, message: str) -> None:
    (problem,) = problems(GOOD + RECIPIENT + lines)
    assert f"trap-recipient[0].{field}" in problem
    assert message in problem


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            '[[addr-trap]]\nname = "t"\nlow-threshold = 30',
            "addr-trap[0].low-threshold",
            "the low threshold is above the high one",
        ),
        ('[[addr-trap]]\nname = "t"\nmode = "prefix"', "addr-trap[0].mode", "'scope', 'network' or 'selection-tags'"),
        ('[[addr-trap]]\nname = "t"\n[[addr-trap]]\nname = "T"', "addr-trap[1].name", "the name 'T' is used twice"),
    ],
)
def test_thresholds_that_contradict_each_other_are_refused(text: str, place: str, message: str) -> None:
    (problem,) = problems(GOOD + text)
    assert place in problem
    assert message in problem


@pytest.mark.parametrize(
    ("line", "field", "message"),
    [
        ('free-address-config = "none"', "free-address-config", "there is no addr-trap 'none' (there are: none)"),
        ('selection-tags = ["a,b"]', "selection-tags", "no comma"),
    ],
)
def test_a_scope_must_name_an_existing_addr_trap(line: str, field: str, message: str) -> None:
    (problem,) = problems(GOOD.replace('name = "s1"', f'name = "s1"\n{line}'))
    assert field in problem
    assert message in problem
