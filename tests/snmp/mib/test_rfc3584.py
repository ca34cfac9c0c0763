"""SNMPv1 names and SNMPv2c names of one trap, both ways (RFC 3584 section 3)."""

import pytest

from snmp.mib import facts
from snmp.mib.rfc3584 import notification_oid, v1_names

B = "1.3.6.1.4.1.9.9.120"


@pytest.mark.parametrize(
    ("oid", "names"),
    [
        (f"{B}.2.0.13", (f"{B}.2", 6, 13)),
        ("1.3.6.1.4.1.9.10.139.0.1", ("1.3.6.1.4.1.9.10.139", 6, 1)),
        ("1.3.6.1.6.3.1.1.5.1", ("1.3.6.1.6.3.1.1.5", 0, 0)),
        ("1.3.6.1.6.3.1.1.5.6", ("1.3.6.1.6.3.1.1.5", 5, 0)),
    ],
)
def test_the_names_translate_in_both_directions(oid: str, names: tuple[str, int, int]) -> None:
    assert v1_names(oid) == names
    assert notification_oid(*names) == oid


@pytest.mark.parametrize("oid", [fact.oid for fact in facts.NOTIFICATIONS if not fact.name.startswith("ups-")])
def test_every_notification_of_the_tables_translates_back_to_itself(oid: str) -> None:
    assert notification_oid(*v1_names(oid)) == oid


def test_an_oid_without_a_zero_before_its_last_is_an_enterprise_specific_trap_of_the_rest() -> None:
    """Section 3.2, step 2 (2): the translation back results in another OID, as the RFC states."""
    assert v1_names("1.3.6.1.4.1.99999.7") == ("1.3.6.1.4.1.99999", 6, 7)


def test_a_generic_trap_has_the_given_enterprise() -> None:
    assert v1_names("1.3.6.1.6.3.1.1.5.3", "1.3.6.1.4.1.9.1.1") == ("1.3.6.1.4.1.9.1.1", 2, 0)


@pytest.mark.parametrize(("generic", "specific"), [(6, -1), (-1, 0), (77, 0)])
def test_invalid_trap_numbers_still_result_in_an_oid(generic: int, specific: int) -> None:
    assert all(part.isdigit() for part in notification_oid(B, generic, specific).split("."))
