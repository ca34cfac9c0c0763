"""The report of a synchronisation and its result."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.config.check import find_faults
from dhcpserver.config.objects import Configuration
from dhcpserver.config.sync.change import Action, Document
from dhcpserver.config.sync.plan import Plan, StaleReportError, apply, plan
from dhcpserver.config.syncrows import Operation
from dhcpserver.service.pairing import DIGEST_CLASSES, digest
from tests.config.sync.test_table_2 import server

EXACT, COMPLETE, UPDATE = Operation.EXACT, Operation.COMPLETE, Operation.UPDATE


def scope(number: int, **attributes: Any) -> Document:
    return {"name": f"scope{number}", "subnet": f"10.0.{number}.0/24"} | {
        name.replace("_", "-"): value for name, value in attributes.items()
    }


def lines(made: Plan) -> list[str]:
    return [each.text for each in made.changes]


def test_the_report_has_a_line_for_each_entry() -> None:
    """R-071: the direction and the operation are chosen before, and nothing is changed by the report."""
    source, target = server("a"), server("b")
    source["scope"] = [scope(1, backup_pct=50), scope(2, ranges=["10.0.2.1-10.0.2.9"])]
    target["scope"] = [scope(1, backup_pct=10, deactivated=True), scope(3)]
    source["policy"][0]["options"] = {"interface-mtu": 1500}
    made = plan(source, target, EXACT)
    assert lines(made) == [
        "policy default: add options interface-mtu: 1500 (Policy: option list properties)",
        "scope scope1: replace backup-pct: 10 -> 50 (Scopes)",
        "scope scope1: remove deactivated: true (Scopes)",
        "scope scope2: add (Scopes)",
        "scope scope3: remove (Scopes)",
    ]
    assert made.counts() == {Action.ADD: 2, Action.REPLACE: 1, Action.REMOVE: 2}


def test_values_are_compared_as_they_are_read() -> None:
    """R-071: "4h" and 14400 are equal, and so are names that differ in their case alone."""
    source, target = server("a"), server("b")
    source["policy"].append({"name": "Guest", "grace-period": "4h"})
    target["policy"].append({"name": "guest", "grace-period": 14400})
    assert plan(source, target, EXACT).changes == ()


def test_an_option_that_only_the_target_has_stays() -> None:
    """R-068: option lists are compared entry by entry, and one option may have a name here and a number there."""
    source, target = server("a"), server("b")
    source["policy"][0]["options"] = {"interface-mtu": 1400, "default-ip-ttl": 60}
    target["policy"][0]["options"] = {"26": 1500, "default-tcp-ttl": 64}
    source["policy"][0]["vendor-options"] = {"phones": {"1": "a"}}
    target["policy"][0]["vendor-options"] = {"phones": {"2": "b"}, "cameras": {"1": "c"}}
    result = apply(plan(source, target, COMPLETE), target)["policy"][0]
    assert result["options"] == {"26": 1400, "default-tcp-ttl": 64, "default-ip-ttl": 60}
    assert result["vendor-options"] == {"phones": {"2": "b", "1": "a"}, "cameras": {"1": "c"}}
    kept = apply(plan(source, target, UPDATE), target)["policy"][0]
    assert kept["options"] == {"26": 1500, "default-tcp-ttl": 64, "default-ip-ttl": 60}


def test_definitions_of_a_vendor_are_compared_one_by_one() -> None:
    """R-068, R-098: complete keeps what only the target defines; exact does not."""
    source, target = server("a"), server("b")
    one, two, three = ({"code": code, "name": f"o{code}", "type": "uint8"} for code in (1, 2, 3))
    changed = two | {"type": "uint16"}
    source["vendor-option-space"] = [{"name": "phones", "vendor-class": "ph", "definitions": [one, two]}]
    target["vendor-option-space"] = [{"name": "phones", "vendor-class": "ph", "definitions": [changed, three]}]

    def after(operation: Operation) -> list[Document]:
        (space,) = apply(plan(source, target, operation), target)["vendor-option-space"]
        found: list[Document] = space["definitions"]
        return sorted(found, key=lambda each: each["code"])

    assert after(UPDATE) == [changed, three]
    assert after(COMPLETE) == [one, two, three]
    assert after(EXACT) == [one, two]


def test_what_identifies_the_target_is_never_overwritten() -> None:
    """R-063: copying the name of a server, or its addresses, makes two of one."""
    source, target = server("a"), server("b")
    for document, host in ((source, "127.0.0.1"), (target, "127.0.0.2")):
        document["api"] = {"address": host, "port": 8067}
        document["listener"] = [{"address": host}]
        document["user"] = [{"name": host, "token": "sha256$" + "0" * 64}]
        document["failover-pair"][0] |= {"tls-key": f"{host}.key", "shared-secret": host * 3}
        document["server"] |= {"failover-recover": 0 if host == "127.0.0.1" else 1700000000}
    source["failover-pair"][0]["mclt"] = 1800
    result = apply(plan(source, target, EXACT), target)
    expected = copy.deepcopy(target)
    expected["failover-pair"][0]["mclt"] = 1800
    assert result == expected


def test_a_secret_is_copied_and_not_shown() -> None:
    source, target = server("a"), server("b")
    source["lease-events"] = {"webhooks": ["https://192.0.2.9/"], "webhook-secret": "hush-new"}
    target["lease-events"] = {"webhooks": ["https://192.0.2.9/"], "webhook-secret": "hush-old"}
    made = plan(source, target, COMPLETE)
    assert lines(made) == ["lease-events: replace webhook-secret: a secret (DHCP server: all other properties)"]
    assert apply(made, target)["lease-events"]["webhook-secret"] == "hush-new"


def test_a_pair_is_not_created_by_a_synchronisation() -> None:
    """R-058: it names both servers, and the link needs it first."""
    source, target = server("a"), server("b")
    target["failover-pair"] = []
    made = plan(source, target, EXACT)
    assert made.notes == ("failover-pair pair is not at the target: create it there",)
    assert apply(made, target)["failover-pair"] == []


def test_a_report_that_has_grown_stale_is_refused() -> None:
    """R-071: what is applied is what was shown, on the configuration that it was shown for."""
    source, target = server("a"), server("b")
    source["scope"] = [scope(1)]
    made = plan(source, target, UPDATE)
    changed = copy.deepcopy(target) | {"scope": [scope(7)]}
    with pytest.raises(StaleReportError, match="make a new one"):
        apply(made, changed)
    assert changed["scope"] == [scope(7)]


def test_an_object_of_the_same_name_is_left_as_it_is_by_ensure() -> None:
    """R-066: what the target's object does not set is not added to it either."""
    source, target = server("a"), server("b")
    source["trap-recipient"] = [{"name": "noc", "ip-addr": "192.0.2.1", "port-number": 1162, "inform": True}]
    target["trap-recipient"] = [{"name": "noc", "ip-addr": "192.0.2.2"}]
    assert plan(source, target, UPDATE).changes == ()
    assert apply(plan(source, target, COMPLETE), target)["trap-recipient"] == source["trap-recipient"]


def test_a_report_stays_as_it_is_when_the_result_is_edited() -> None:
    source, target = server("a"), server("b")
    source["scope"] = [scope(1, reservations=[{"ipaddr": "10.0.1.1", "mac": "02:00:00:00:00:01"}])]
    made = plan(source, target, UPDATE)
    apply(made, target)["scope"][0]["reservations"].clear()
    assert apply(made, target)["scope"] == source["scope"]


NUMBERS = st.integers(min_value=1, max_value=9)
SCOPES = st.lists(
    st.builds(
        lambda number, percent, policy, reserved: scope(
            number,
            ranges=[f"10.0.{number}.10-10.0.{number}.90"],
            policy=policy,
            reservations=[
                {"ipaddr": f"10.0.{number}.{host}", "mac": f"02:00:00:00:{number:02}:{host:02}"} for host in reserved
            ],
            **({} if percent is None else {"backup_pct": percent}),
        ),
        NUMBERS,
        st.none() | st.integers(min_value=0, max_value=100),
        st.sampled_from(["default", "guest"]),
        st.sets(NUMBERS, max_size=3),
    ),
    max_size=5,
    unique_by=lambda each: each["name"],
)
POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "grace-period": st.sampled_from(["4h", 300, "5m"]),
        "dhcp-lease-time": st.integers(min_value=60, max_value=90_000),
        "options": st.dictionaries(
            st.sampled_from(["interface-mtu", "default-ip-ttl", "default-tcp-ttl"]), st.integers(68, 255), max_size=3
        ),
    },
)
DOCUMENTS = st.tuples(SCOPES, POLICIES, POLICIES)


def document(name: str, parts: tuple[list[Document], Document, Document]) -> Document:
    scopes, default, guest = parts
    policies = [{"name": "default"} | default, {"name": "guest"} | guest]
    return server(name) | copy.deepcopy({"scope": scopes, "policy": policies})


@given(DOCUMENTS, DOCUMENTS, st.sampled_from(Operation))
def test_any_synchronisation_leads_to_a_valid_configuration_and_is_complete(
    one: tuple[Any, ...], two: tuple[Any, ...], operation: Operation
) -> None:
    """R-060, R-063: repeated, it changes nothing; after exact the scopes of both are equal by the pair's digest."""
    source, target = document("a", one), document("b", two)
    made = plan(source, target, operation)
    result = apply(made, target)
    configuration = Configuration.model_validate(result)
    assert find_faults(configuration) == find_faults(Configuration.model_validate(target)) == []
    assert plan(source, result, operation).changes == ()
    assert (made.changes == ()) is (result == target)
    if operation is EXACT:
        theirs, ours = digest(Configuration.model_validate(source)), digest(configuration)
        assert dict(theirs)[_SCOPES] == dict(ours)[_SCOPES]


@given(DOCUMENTS, DOCUMENTS)
def test_each_operation_changes_what_the_one_before_it_does_and_more(
    one: tuple[Any, ...], two: tuple[Any, ...]
) -> None:
    """R-061, R-062: update changes the target least; complete more, and keeps what only the target has."""
    source, target = document("a", one), document("b", two)
    entries = {operation: set(lines(plan(source, target, operation))) for operation in Operation}
    assert entries[UPDATE] <= entries[COMPLETE] <= entries[EXACT]
    kept = apply(plan(source, target, COMPLETE), target)
    for attribute in ("options", "grace-period", "dhcp-lease-time"):
        for policy, before in zip(kept["policy"], target["policy"], strict=True):
            assert set(before.get(attribute, ())) <= set(policy.get(attribute, ())) if attribute == "options" else True
            assert attribute not in before or attribute in policy


def test_update_leaves_what_complete_copies() -> None:
    """R-061, R-062: an option and a trap recipient that the target has otherwise."""
    source, target = server("a"), server("b")
    source["policy"][0]["options"], target["policy"][0]["options"] = {"interface-mtu": 1400}, {"interface-mtu": 1500}
    source["trap-recipient"] = [{"name": "noc", "ip-addr": "192.0.2.1"}]
    target["trap-recipient"] = [{"name": "noc", "ip-addr": "192.0.2.2"}, {"name": "own", "ip-addr": "192.0.2.3"}]
    assert plan(source, target, UPDATE).changes == ()
    complete = apply(plan(source, target, COMPLETE), target)
    assert complete["policy"][0]["options"] == {"interface-mtu": 1400}
    assert [each["ip-addr"] for each in complete["trap-recipient"]] == ["192.0.2.1", "192.0.2.3"]


def test_a_client_that_was_deleted_on_the_main_is_removed_by_exact_only() -> None:
    """R-070."""
    clients = [{"name": f"02:00:00:00:00:0{number}", "host-name": f"pc{number}"} for number in (1, 2)]
    source, target = server("a") | {"client": clients[:1]}, server("b") | {"client": clients}
    left = {operation: apply(plan(source, target, operation), target)["client"] for operation in Operation}
    assert left == {UPDATE: clients, COMPLETE: clients, EXACT: clients[:1]}


_SCOPES = next(number for number, name in DIGEST_CLASSES.items() if name == "scope")


def test_a_large_synchronisation_is_complete() -> None:
    """1,000 scopes and 5,000 reservations. `benchmarks.configuration` measures its time."""
    source, target = server("a"), server("b")
    source["scope"] = [
        {
            "name": f"s{number}",
            "subnet": f"10.{number // 250}.{number % 250}.0/24",
            "reservations": [
                {
                    "ipaddr": f"10.{number // 250}.{number % 250}.{host}",
                    "mac": f"02:00:00:{number // 250:02x}:{number % 250:02x}:{host:02x}",
                }
                for host in range(1, 6)
            ],
        }
        for number in range(1000)
    ]
    made = plan(source, target, EXACT)
    result = apply(made, target)
    assert len(result["scope"]) == 1000
    assert plan(source, result, EXACT).changes == ()
