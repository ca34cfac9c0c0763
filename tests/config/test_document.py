"""Reading a configuration: the objects, or all problems with their lines."""

import pytest

from dhcpserver.api.passwords import hash_password
from dhcpserver.config.check import link_addresses
from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError

GOOD = """
[server]
name = "a"

[[cluster]]
name = "a"
ipaddr = "127.0.0.11"

[[cluster]]
name = "b"
ipaddr = "127.0.0.12"
ip6address = "::1"

[[failover-pair]]
name = "example"
main = "a"
backup = "b"

[[policy]]
name = "default"
dhcp-lease-time = "1d6h"

[[scope]]
name = "s1"
subnet = "192.0.2.0/24"
ranges = ["192.0.2.10-192.0.2.90", "192.0.2.100-192.0.2.200"]
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(text, "test")
    return [str(problem) for problem in caught.value.problems]


def test_a_minimal_configuration_has_the_documented_defaults() -> None:
    """R-037, R-110, R-126, R-139: defaults are meant to be used as they are."""
    configuration = read(GOOD)
    (pair,) = configuration.failover_pair
    assert pair.failover
    assert pair.mclt == 3600
    assert pair.backup_pct == 50
    assert pair.use_safe_period
    assert pair.safe_period == 14_400
    assert not pair.load_balancing
    assert configuration.policy[0].dhcp_lease_time == 30 * 3600


def test_three_wrong_places_are_reported_with_their_lines() -> None:
    text = GOOD.replace('dhcp-lease-time = "1d6h"', 'dhcp-lease-time = "soon"')
    text = text.replace('name = "s1"', 'name = "s1"\nbakup-pct = 10')
    text = text.replace('backup = "b"', 'backup = "b"\nmclt = -5')
    found = problems(text)
    assert [line.split(":")[0] for line in found] == ["line 18", "line 22", "line 26"]
    assert "duration" in found[1]
    assert "did you mean backup-pct?" in found[2]


def test_a_syntax_error_has_its_line() -> None:
    assert problems('[server]\nname = "a\n') == ["line 2: not TOML: Illegal character '\\n'"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('backup = "b"', 'backup = "a"', "another cluster"),
        ('main = "a"', 'main = "c"', "there is no cluster 'c'"),
        ('name = "a"\n\n[[cluster]]', 'name = "z"\n\n[[cluster]]', "neither the main nor the backup"),
        ('subnet = "192.0.2.0/24"', 'subnet = "192.0.3.0/24"', "not inside the subnet"),
        ("192.0.2.100-", "192.0.2.50-", "overlap"),
        ('name = "s1"', 'name = "s1"\npolicy = "gold"', "there is no policy 'gold'"),
        (
            'name = "s1"',
            'name = "s1"\nfailover-backup-allocation-boundary = "192.0.2.50"',
            "allocate-first-available",
        ),
        (
            'name = "s1"',
            'name = "s1"\nallocate-first-available = true\nfailover-backup-allocation-boundary = "192.0.3.50"',
            "not inside the subnet",
        ),
        ('name = "s1"', 'name = "s1"\ndynamic-bootp = true', "needs bootp"),
        ('ipaddr = "127.0.0.11"', 'ipaddr = "0.0.0.0"', "has no address family"),
    ],
)
def test_faults_over_several_attributes_are_found(old: str, new: str, complaint: str) -> None:
    """R-034, R-035, R-036, R-201 and overlaps."""
    assert any(complaint in line for line in problems(GOOD.replace(old, new, 1)))


def test_the_example_of_two_scopes_on_one_subnet_is_refused() -> None:
    """R-017: an address belongs to one scope."""
    second = GOOD[GOOD.index("[[scope]]") :].replace('"s1"', '"s2"')
    assert any("overlaps" in line for line in problems(GOOD + second))


@pytest.mark.parametrize(
    ("addition", "families"),
    [
        ("", [False, True]),
        ('main-ip6address = "::2"', [True, True]),
        ('main-ip6address = "::2"\nmain-server = "0.0.0.0"', [True, False]),
        ('main-ip6address = "::"', [False, True]),
    ],
)
def test_pair_addresses_override_or_disable_a_family(addition: str, families: list[bool]) -> None:
    """R-038, R-053, R-055: without a value the cluster's address is used; 0.0.0.0 and :: disable the family."""
    configuration = read(GOOD.replace('backup = "b"', f'backup = "b"\nallow-plain = true\n{addition}'))
    found = link_addresses(configuration, configuration.failover_pair[0])
    assert [ends is not None for ends in found] == families


@pytest.mark.parametrize(
    ("attributes", "backup4", "backup6"),
    [
        ("", "127.0.0.12", None),
        ('backup-server = "127.0.0.7"', "127.0.0.7", None),
        ('backup-server = "0.0.0.0"\nmain-ip6address = "::1"\nbackup-ip6address = "::2"', None, "::2"),
        ('main-ip6address = "::1"\nbackup-ip6address = "::2"', "127.0.0.12", "::2"),
        ('main-ip6address = "::1"\nbackup-ip6address = "::"', "127.0.0.12", None),
    ],
)
def test_the_backup_has_the_address_of_its_cluster_or_one_of_its_own(
    attributes: str, backup4: str | None, backup6: str | None
) -> None:
    """R-054, R-056: unset is the cluster's address, and 0.0.0.0 and :: disable a family."""
    configuration = read(GOOD.replace('backup = "b"', f'backup = "b"\nallow-plain = true\n{attributes}'))
    six, four = link_addresses(configuration, configuration.failover_pair[0])
    assert (four and four[1][0]) == backup4
    assert (six and six[1][0]) == backup6


def test_a_link_between_machines_needs_protection_or_allow_plain() -> None:
    """Any link that leaves the machine needs TLS, a shared secret, or `allow-plain`."""
    remote = GOOD.replace('backup = "b"', 'backup = "b"\nmain-ip6address = "2001:db8::1"\n{}')
    files = 'tls = true\ntls-certificate = "c"\ntls-key = "k"\n'
    assert any("leaves this machine" in line for line in problems(remote.format("")))
    assert read(remote.format('shared-secret = "sixteen octets or more"'))
    assert read(remote.format(files + 'tls-ca = "a"'))
    assert any("tls-ca is missing" in line for line in problems(remote.format(files)))
    (line,) = problems(remote.format('shared-secret = "too few"'))
    assert "16" in line
    assert "too few" not in line


def test_a_log_setting_without_effect_is_refused() -> None:
    found = problems(GOOD.replace('name = "a"', 'name = "a"\nlog-settings = ["default", "ldap-query-detail"]', 1))
    assert len(found) == 1
    assert "failover-detail" in found[0]


def test_a_boundary_of_zero_means_no_boundary() -> None:
    """R-202: 0.0.0.0 means the middle, and needs no other attribute."""
    read(GOOD.replace('name = "s1"', 'name = "s1"\nfailover-backup-allocation-boundary = "0.0.0.0"'))


ADVANCED = {
    "backup-pct = 30": ("backup_pct", 30),
    "dynamic-bootp-backup-pct = 70": ("dynamic_bootp_backup_pct", 70),
    'mclt = "30m"': ("mclt", 1800),
    "use-safe-period = false": ("use_safe_period", False),
    'safe-period = "2h"': ("safe_period", 7200),
    "safe-period-strict = true": ("safe_period_strict", True),
    "max-unacked-bndupd = 50": ("max_unacked_bndupd", 50),
    "load-balancing = true": ("load_balancing", True),
    "rebalancing-delta-pct = 5": ("rebalancing_delta_pct", 5),
    "failover = false": ("failover", False),
    "startup-wait = true": ("startup_wait", True),
}


@pytest.mark.parametrize("text", ADVANCED)
def test_every_advanced_attribute_of_a_pair_can_be_set(text: str) -> None:
    """R-104, R-109; those of a scope are tested below."""
    name, value = ADVANCED[text]
    (pair,) = read(GOOD.replace('backup = "b"', f'backup = "b"\n{text}')).failover_pair
    assert getattr(pair, name) == value


def test_a_scope_can_have_its_own_share_and_boundary() -> None:
    """R-104, R-109, R-198."""
    own = 'name = "s1"\nbackup-pct = 0\nallocate-first-available = true\n'
    own += 'failover-backup-allocation-boundary = "192.0.2.50"\nbootp = true\ndynamic-bootp = true'
    (scope,) = read(GOOD.replace('name = "s1"', own)).scope
    assert scope.backup_pct == 0, "0 is a share; without a value there is none"
    assert str(scope.failover_backup_allocation_boundary) == "192.0.2.50"
    assert (scope.bootp, scope.dynamic_bootp) == (True, True)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("backup-pct = 101", "less than or equal to 100"),
        ("mclt = 0", "greater than or equal to 1"),
        ("safe-period = -1", "greater"),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_range(text: str, complaint: str) -> None:
    (found,) = problems(GOOD.replace('backup = "b"', f'backup = "b"\n{text}'))
    assert complaint in found


@pytest.mark.parametrize("name", ["packet-server-name", "packet-file-name"])
def test_a_boot_name_is_counted_in_octets(name: str) -> None:
    """A name of 64 octets in fewer characters shifted the field after it."""
    most = 63 if name == "packet-server-name" else 127
    text = GOOD.replace('dhcp-lease-time = "1d6h"', f'{name} = "{"x" * most}"')
    assert read(text)
    (found,) = problems(text.replace("x" * most, "\u00e9" * (most // 2 + 1)))
    assert f"line 21: policy[0].{name}: it has at most {most} octets" in found


@pytest.mark.parametrize("value", ["true", "1", "1.5"])
def test_a_number_is_not_an_address(value: str) -> None:
    """`subnet = 1` was 0.0.0.1/32."""
    (found,) = problems(GOOD.replace('"192.0.2.0/24"', value))
    assert "written as text" in found
    (found,) = problems(GOOD.replace('ipaddr = "127.0.0.12"', f"ipaddr = {value}"))
    assert "written as text" in found


HASH = "ab" * 32
USER = '\n[[user]]\nname = "x"\n{} = "{}"\n'


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("token", "t0ken"),
        ("token", "sha256$" + HASH.upper()),
        ("token", "sha256$" + HASH[2:]),
        ("token", "sha512$" + HASH),
        ("password", "secret"),
        ("password", f"scrypt$16384$8$1$01${HASH[2:]}"),
        ("password", f"scrypt$16384$8$1$${HASH}"),
    ],
)
def test_a_stored_password_or_token_that_nothing_matches_is_refused(attribute: str, value: str) -> None:
    """With the form that it has, and without the value: it may be the password itself."""
    (found,) = problems(GOOD + USER.format(attribute, value))
    assert found.startswith("line ")
    assert "it has the form" in found
    assert value not in found


def test_the_stored_forms_of_the_server_are_accepted() -> None:
    for attribute, value in (("password", hash_password("secret")), ("token", f"sha256${HASH}")):
        assert read(GOOD + USER.format(attribute, value)).user


PAIR = """
[[cluster]]
name = "a"
ipaddr = "127.0.0.11"
[[cluster]]
name = "b"
ipaddr = "127.0.0.12"
"""


def a_pair(name: str) -> str:
    return f'[[failover-pair]]\nname = "{name}"\nmain = "a"\nbackup = "b"\n'


@pytest.mark.parametrize(
    ("pairs", "fault"),
    [
        (a_pair(""), "a name has 1 to 255 characters"),
        (a_pair("  "), "a name has 1 to 255 characters"),
        (a_pair("x").replace('name = "x"\n', ""), "name: it is required"),
        (a_pair("x") + a_pair("x"), "failover-pair"),
    ],
)
def test_a_pair_has_a_name_that_is_not_empty_and_not_used_twice(pairs: str, fault: str) -> None:
    """R-033."""
    with pytest.raises(ConfigurationError, match=fault):
        read('[server]\nname = "a"\n' + PAIR + pairs)
    assert read('[server]\nname = "a"\n' + PAIR + a_pair("x")).failover_pair[0].name == "x"


@pytest.mark.parametrize("address", ["dhcp-a.example", "dhcp-a", "127.0.0.11, 127.0.0.12"])
def test_a_failover_address_is_an_address_and_no_name(address: str) -> None:
    """R-233: a name could have several addresses; an address of the pair is used before that of the cluster."""
    for place in ("ipaddr", "main-server"):
        own = a_pair("x") + (f'main-server = "{address}"\n' if place == "main-server" else "")
        clusters = PAIR.replace("127.0.0.11", address, 1) if place == "ipaddr" else PAIR
        with pytest.raises(ConfigurationError, match=place):
            read('[server]\nname = "a"\n' + clusters + own)
    explicit = read('[server]\nname = "a"\n' + PAIR + a_pair("x") + 'main-server = "127.0.0.99"\n')
    ends = link_addresses(explicit, explicit.failover_pair[0])[1]
    assert ends is not None
    assert ends[0] == ("127.0.0.99", 647)


def test_there_is_no_subnet_allocation() -> None:
    """R-006: such an object cannot be configured."""
    with pytest.raises(ConfigurationError, match="unknown attribute"):
        read('[server]\nname = "a"\n[[scope]]\nname = "s"\nsubnet = "10.0.0.0/24"\nsubnet-allocation = true\n')
