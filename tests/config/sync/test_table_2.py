"""Table 2: each row with each operation in both directions, on the example of the requirements (R-065 to R-069).

The source has Name1=A and Name2=C, the target Name2=B and Name3=D.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dhcpserver.config.objects import Configuration
from dhcpserver.config.sync.change import Document
from dhcpserver.config.sync.plan import apply, plan
from dhcpserver.config.syncrows import Function, Operation

Values = Mapping[str, str]
SOURCE: Values = {"Name1": "A", "Name2": "C"}
TARGET: Values = {"Name2": "B", "Name3": "D"}
NUMBERS = {"A": 11, "B": 12, "C": 13, "D": 14}
PLACES = {"Name1": 1, "Name2": 2, "Name3": 3}
AFTER = {
    Function.NO_CHANGE: {"Name2": "B", "Name3": "D"},
    Function.ENSURE: {"Name1": "A", "Name2": "B", "Name3": "D"},
    Function.REPLACE: {"Name1": "A", "Name2": "C", "Name3": "D"},
    Function.EXACT: {"Name1": "A", "Name2": "C"},
}
NO, ENSURE, REPLACE, EXACT = Function.NO_CHANGE, Function.ENSURE, Function.REPLACE, Function.EXACT


def server(name: str) -> Document:
    """A document of a server without any object of the examples."""
    return {
        "server": {"name": name, "leasequery": True, "leasequery-relays": ["192.0.2.0/24"]},
        "cluster": [{"name": "a", "ipaddr": "127.0.0.1"}, {"name": "b", "ipaddr": "127.0.0.2"}],
        "failover-pair": [{"name": "pair", "main": "a", "backup": "b"}],
        "policy": [{"name": "default"}],
    }


class Objects:
    """Objects of a class with a name, whose value is in one attribute."""

    def __init__(self, of: str, attribute: str, more: Callable[[str], Document] = lambda name: {}, key: str = "name"):
        self.of, self.attribute, self.more, self.key = of, attribute, more, key

    def put(self, document: Document, values: Values) -> None:
        document[self.of] = document.get(self.of, []) + [
            {self.key: self.name(name)} | self.more(name) | {self.attribute: self.value(value)}
            for name, value in values.items()
        ]

    def taken(self, document: Document) -> dict[str, str]:
        names = {self.name(name): name for name in PLACES}
        found = {each[self.key]: each[self.attribute] for each in document.get(self.of, []) if each[self.key] in names}
        return {names[name]: value_of(value) for name, value in found.items()}

    def name(self, name: str) -> str:
        return name.lower()

    def value(self, value: str) -> Any:
        return NUMBERS[value]


def value_of(found: object) -> str:
    return next(value for value, number in NUMBERS.items() if str(number) in str(found))


class Texts(Objects):
    """Objects whose value is a text."""

    def value(self, value: str) -> Any:
        return f"192.0.2.{NUMBERS[value]}"


class Secrets(Objects):
    """Objects whose value is a secret in base64: of four digits each, which are its own octets."""

    def value(self, value: str) -> Any:
        return f"xx{NUMBERS[value]}"


class Criteria(Objects):
    """Objects whose value is the first of their selection criteria, of a scope that both servers have."""

    def put(self, document: Document, values: Values) -> None:
        super().put(document, values)
        tags = [str(number) for number in NUMBERS.values()]
        document["scope"] = [{"name": f"s{tag}", "subnet": f"10.7.{tag}.0/24", "selection-tags": [tag]} for tag in tags]

    def name(self, name: str) -> str:
        return name.lower() if self.of == "client-class" else f"02:00:00:00:00:{PLACES[name]:02}"

    def value(self, value: str) -> Any:
        return [str(NUMBERS[value])]


class Points:
    """Points of extensions; A to D are extensions that both servers have."""

    POINTS = ("post-packet-decode", "generate-lease", "pre-packet-encode")

    def put(self, document: Document, values: Values) -> None:
        document["extension"] = [{"name": each, "file": "site.py", "entry": "f"} for each in "ABCD"]
        document["extension-point"] = [
            {"name": self.POINTS[PLACES[name] - 1], "extensions": [value]} for name, value in values.items()
        ]

    def taken(self, document: Document) -> dict[str, str]:
        names = {point: name for name, point in zip(PLACES, self.POINTS, strict=True)}
        return {names[each["name"]]: each["extensions"][0] for each in document["extension-point"]}


class Properties:
    """Attributes of one object; `place` finds or makes it."""

    def __init__(self, place: Callable[[Document], Document], names: tuple[str, str, str], form: str = "{}"):
        self.place, self.names, self.form = place, dict(zip(PLACES, names, strict=True)), form

    def put(self, document: Document, values: Values) -> None:
        for name, value in values.items():
            number = NUMBERS[value]
            self.place(document)[self.names[name]] = number if self.form == "{}" else self.form.format(number)

    def taken(self, document: Document) -> dict[str, str]:
        there = self.place(document)
        return {name: value_of(there[key]) for name, key in self.names.items() if key in there}


class Reservations(Objects):
    """Reservations of a scope that both servers have: Name1 is an address, A a hardware address."""

    def put(self, document: Document, values: Values) -> None:
        entries = [
            {"ipaddr": f"10.0.9.{PLACES[name]}", "mac": f"02:00:00:00:00:{NUMBERS[value]}"}
            for name, value in values.items()
        ]
        document["scope"] = [{"name": "lab", "subnet": "10.0.9.0/24", "reservations": entries}]

    def taken(self, document: Document) -> dict[str, str]:
        (scope,) = document["scope"]
        return {f"Name{each['ipaddr'][-1]}": value_of(each["mac"]) for each in scope["reservations"]}


def _policy(document: Document) -> Document:
    policy: Document = document["policy"][0]
    return policy


def _options(document: Document) -> Document:
    options: Document = _policy(document).setdefault("options", {})
    return options


def _pair(document: Document) -> Document:
    pair: Document = document["failover-pair"][0]
    return pair


def _server(document: Document) -> Document:
    found: Document = document["server"]
    return found


CASES: list[Any] = [
    pytest.param(
        Properties(_pair, ("backup-pct", "rebalancing-delta-pct", "keepalive-time")),
        (REPLACE, REPLACE, REPLACE),
        id="R-080",
    ),
    pytest.param(
        Properties(_server, ("decline-limit", "new-client-limit", "lease-log-count")),
        (NO, REPLACE, REPLACE),
        id="R-081",
    ),
    pytest.param(
        Properties(_options, ("interface-mtu", "default-ip-ttl", "default-tcp-ttl")),
        (ENSURE, REPLACE, REPLACE),
        id="R-083",
    ),
    pytest.param(
        Properties(_policy, ("packet-siaddr", "packet-server-name", "packet-file-name"), "192.0.2.{}"),
        (ENSURE, REPLACE, REPLACE),
        id="R-084",
    ),
    pytest.param(
        Properties(_policy, ("grace-period", "offer-timeout", "unavailable-timeout")),
        (REPLACE, REPLACE, REPLACE),
        id="R-085",
    ),
    pytest.param(
        Objects("scope", "backup-pct", lambda name: {"subnet": f"10.0.{PLACES[name]}.0/24"}),
        (EXACT, EXACT, EXACT),
        id="R-088",
    ),
    pytest.param(
        Objects("prefix", "free-address-low", lambda name: {"address": f"2001:db8:{PLACES[name]}::/64"}),
        (EXACT, EXACT, EXACT),
        id="R-090",
    ),
    pytest.param(Reservations("scope", "reservations"), (EXACT, EXACT, EXACT), id="R-091"),
    pytest.param(Texts("trap-recipient", "ip-addr"), (ENSURE, REPLACE, EXACT), id="R-093"),
    pytest.param(Criteria("client", "selection-criteria"), (REPLACE, REPLACE, EXACT), id="R-086"),
    pytest.param(Criteria("client-class", "selection-criteria"), (REPLACE, REPLACE, EXACT), id="R-087"),
    pytest.param(Texts("vpn", "vrf-name"), (REPLACE, REPLACE, EXACT), id="R-094"),
    pytest.param(Texts("dns-update-config", "server-addr"), (REPLACE, REPLACE, EXACT), id="R-092"),
    pytest.param(Secrets("key", "secret"), (REPLACE, REPLACE, EXACT), id="R-095"),
    pytest.param(
        Objects(
            "ldap",
            "preference",
            lambda name: {"hostname": "127.0.0.1", "search-path": "o=x", "query-dictionary": {"ou": "policy-name"}},
        ),
        (ENSURE, REPLACE, EXACT),
        id="R-082",
    ),
    pytest.param(Points(), (REPLACE, REPLACE, REPLACE), id="R-097"),
    pytest.param(
        Objects("option-definition", "code", lambda name: {"type": "uint8"}), (ENSURE, REPLACE, EXACT), id="R-098"
    ),
]


def synchronised(source: Document, target: Document, operation: Operation) -> Document:
    """The target's document after the operation, which must be a configuration without errors."""
    made = plan(source, target, operation)
    result = apply(made, target)
    Configuration.model_validate(result)
    return result


@pytest.mark.parametrize("operation", Operation, ids=lambda each: each.value)
@pytest.mark.parametrize("swapped", [False, True], ids=["main-to-backup", "backup-to-main"])
@pytest.mark.parametrize(("row", "functions"), CASES)
def test_a_row_of_table_2(row: Objects, functions: tuple[Function, ...], swapped: bool, operation: Operation) -> None:
    """R-059, R-060, R-065, R-066, R-067, R-069: the target is the other server in either direction.

    R-080 to R-088, R-090 to R-095, R-097, R-098.
    """
    source, target = (server("b"), server("a")) if swapped else (server("a"), server("b"))
    row.put(source, SOURCE)
    row.put(target, TARGET)
    before = copy.deepcopy((source, target))
    result = synchronised(source, target, operation)
    assert row.taken(result) == AFTER[functions[tuple(Operation).index(operation)]]
    assert (source, target) == before, "neither document is changed"
    assert result["server"]["name"] == target["server"]["name"]
    assert result["cluster"] == target["cluster"]
    again = plan(source, result, operation)
    assert again.changes == (), "a second synchronisation changes nothing"


@pytest.mark.requirement("R-089")
@pytest.mark.parametrize("operation", Operation, ids=lambda each: each.value)
def test_links_are_copied_exactly(operation: Operation) -> None:
    source, target = server("a"), server("b")
    source["link"], target["link"] = [{"name": "one"}, {"name": "two"}], [{"name": "two"}, {"name": "three"}]
    assert {each["name"] for each in synchronised(source, target, operation)["link"]} == {"one", "two"}


@pytest.mark.requirement("R-099")
def test_a_listener_of_lease_queries_keeps_its_own_address() -> None:
    """A copied address would be one that the target does not have. A new listener has to be added there by hand."""
    source, target = server("a"), server("b")
    source["leasequery-listener"] = [
        {"name": "one", "address": "127.0.0.1", "port": 1001},
        {"name": "two", "address": "127.0.0.1", "port": 1002},
    ]
    target["leasequery-listener"] = [
        {"name": "two", "address": "127.0.0.2", "port": 2002},
        {"name": "three", "address": "127.0.0.2", "port": 2003},
        {"address": "127.0.0.2", "port": 2004},
    ]
    ports = {
        operation: [
            (each.get("name"), each["address"], each["port"])
            for each in synchronised(source, target, operation)["leasequery-listener"]
        ]
        for operation in Operation
    }
    mine, unnamed = ("three", "127.0.0.2", 2003), (None, "127.0.0.2", 2004)
    assert ports == {
        Operation.UPDATE: [("two", "127.0.0.2", 2002), mine, unnamed],
        Operation.COMPLETE: [("two", "127.0.0.2", 1002), mine, unnamed],
        Operation.EXACT: [("two", "127.0.0.2", 1002), unnamed],
    }
    (note,) = plan(source, target, Operation.COMPLETE).notes
    assert note == "leasequery-listener one is not at the target: it needs its own address"


@pytest.mark.requirement("R-096")
def test_an_extension_keeps_its_own_function() -> None:
    """What is called is named in the file of each server by hand, and its files are copied by hand too."""
    source, target = server("a"), server("b")
    source["extension"] = [
        {"name": "one", "file": "one.py", "entry": "f", "time-limit": 11},
        {"name": "two", "file": "evil.py", "entry": "evil", "time-limit": 12},
    ]
    target["extension"] = [
        {"name": "two", "file": "two.py", "entry": "g", "time-limit": 22},
        {"name": "three", "file": "three.py", "entry": "h", "time-limit": 23},
    ]
    found = {
        operation: [
            (each["name"], each["file"], each["entry"], each["time-limit"])
            for each in synchronised(source, target, operation)["extension"]
        ]
        for operation in Operation
    }
    three = ("three", "three.py", "h", 23)
    assert found == {
        Operation.UPDATE: [("two", "two.py", "g", 22), three],
        Operation.COMPLETE: [("two", "two.py", "g", 12), three],
        Operation.EXACT: [("two", "two.py", "g", 12)],
    }
    assert plan(source, target, Operation.EXACT).notes == (
        "extension one is not at the target: it needs its own file, entry",
        "the files of extensions are not transferred: copy them by hand",
    )


@pytest.mark.parametrize(
    ("attribute", "one", "other"),
    [
        pytest.param("client-class", True, False, id="R-077"),
        pytest.param("client-cache-count", 11, 12, id="R-077-count"),
        pytest.param("client-cache-ttl", 11, 12, id="R-077-ttl"),
        pytest.param("trim-host-name", False, True, id="R-078"),
        pytest.param("update-dns-for-bootp", False, True, id="R-079"),
        pytest.param("dns-timeout", 5000, 7000, id="R-079-timeout"),
    ],
)
@pytest.mark.parametrize("swapped", [False, True], ids=["main-to-backup", "backup-to-main"])
@pytest.mark.parametrize("operation", Operation, ids=lambda each: each.value)
def test_a_property_of_the_server_is_replaced(
    attribute: str, one: Any, other: Any, swapped: bool, operation: Operation
) -> None:
    """R-077, R-078, R-079, R-067: what the source sets is taken over; what only the target sets stays."""
    for theirs, ours, after in ((one, None, one), (one, other, one), (None, other, other)):
        source, target = (server("b"), server("a")) if swapped else (server("a"), server("b"))
        for document, value in ((source, theirs), (target, ours)):
            if value is not None:
                document["server"][attribute] = value
        assert synchronised(source, target, operation)["server"][attribute] == after
