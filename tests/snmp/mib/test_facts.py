"""The MIB tables are consistent, and have the numbers that Cisco published."""

import pytest

from snmp.mib import facts, registrar
from snmp.mib.specs import ConfigError, DetectedBy, ThresholdType

B = "1.3.6.1.4.1.9.9.120"


@pytest.mark.parametrize(
    ("oid", "name"),
    [
        (f"{B}.2.0.3", "server-start"),
        (f"{B}.2.0.4", "server-stop"),
        (f"{B}.2.0.7", "duplicate-address"),
        (f"{B}.2.0.8", "address-conflict"),
        (f"{B}.2.0.10", "failover-config-mismatch"),
        (f"{B}.2.0.11", "free-address-low"),
        (f"{B}.2.0.12", "free-address-high"),
        (f"{B}.2.0.13", "other-server-not-responding"),
        (f"{B}.2.0.14", "other-server-responding"),
        (f"{B}.2.0.23", "failover-sync-failure"),
        ("1.3.6.1.4.1.9.10.139.0.1", "free-address6-low"),
        ("1.3.6.1.6.3.1.1.5.5", "authentication-failure"),
    ],
)
def test_a_notification_is_found_by_its_oid(oid: str, name: str) -> None:
    """R-241, R-242: including the failover traps."""
    fact = facts.notification(oid)
    assert fact is not None
    assert (fact.name, fact.deprecated) == (name, False)


@pytest.mark.parametrize(("before", "now"), [(1, 11), (2, 12), (6, 13), (9, 14)])
def test_a_deprecated_notification_has_the_name_of_its_successor(before: int, now: int) -> None:
    old, new = facts.notification(f"{B}.2.0.{before}"), facts.notification(f"{B}.2.0.{now}")
    assert old is not None
    assert new is not None
    assert old.name == new.name
    assert old.deprecated
    assert facts.notification_to_send(old.name) is new


def test_oids_are_unique() -> None:
    oids = [fact.oid for fact in facts.NOTIFICATIONS] + [fact.oid for fact in facts.OBJECTS]
    assert len(oids) == len(set(oids))


def test_the_tables_have_all_notifications_of_the_mib() -> None:
    assert [fact.oid for fact in registrar.NOTIFICATIONS] == [f"{B}.2.0.{n}" for n in range(1, 24)]


def test_the_tables_have_the_objects_of_every_notification_to_send() -> None:
    for fact in facts.NOTIFICATIONS:
        for name in fact.objects:
            assert facts.object_to_send(fact, name).name == name


def test_a_notification_clears_a_notification_of_the_tables() -> None:
    for fact in facts.NOTIFICATIONS:
        assert fact.clears is None or facts.notification_to_send(fact.clears) or fact.deprecated


@pytest.mark.parametrize("instance", ["", ".0"])
def test_an_object_is_found_with_and_without_its_instance(instance: str) -> None:
    found = facts.object_instance(f"{B}.1.2.14{instance}")
    assert found is not None
    assert (found.fact.name, found.index) == ("related-server-type", None)


def test_the_instance_of_a_scope_column_is_the_scopes_name() -> None:
    found = facts.object_instance(f"{B}.1.1.1.1.4.4.119.105.102.105")
    assert found is not None
    assert (found.fact.name, found.index) == ("scope-free-addresses", "wifi")


@pytest.mark.parametrize("instance", ["5.119.105", "2.119.300", "2.119.0"])
def test_an_instance_with_a_wrong_length_or_character_has_no_text(instance: str) -> None:
    found = facts.object_instance(f"{B}.1.1.1.1.4.{instance}")
    assert found is not None
    assert found.index is None


def test_an_oid_in_no_table_is_not_found() -> None:
    assert facts.object_instance(f"{B}.1.2.99.0") is None
    assert facts.notification(f"{B}.2.0.24") is None


def test_the_numbers_to_send_are_those_of_the_tables() -> None:
    assert {error.value for error in ConfigError} == set(registrar.CONFIG_ERROR_TYPES)
    assert {kind.value for kind in ThresholdType} == set(registrar.THRESHOLD_TYPES)
    assert {who.value for who in DetectedBy} == set(registrar.DETECTED_BY)
