"""The catalogue: each attribute of the configuration is one field with its row, and everything else follows from it."""

import inspect
from typing import Annotated

import pytest
from pydantic import SecretStr

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About, Attribute, Visibility, attributes_of
from dhcpserver.config.registry import CLASSES, ObjectClass
from dhcpserver.config.syncrows import Function, Operation, SyncRow
from docs.configuration import PAGE, page

ROWS = [(each, attribute) for each in CLASSES.values() for attribute in attributes_of(each.model)]


def name_of(row: object) -> str:
    return row.name if isinstance(row, ObjectClass | Attribute) else str(row)


@pytest.mark.parametrize(("each", "attribute"), ROWS, ids=name_of)
def test_every_attribute_has_one_line_of_help(each: ObjectClass, attribute: Attribute) -> None:
    """The reference, completion and the console show it."""
    text = attribute.about.help
    assert 3 <= len(text) <= 140
    assert "\n" not in text
    assert not text.endswith(".")
    assert attribute.name == attribute.field.replace("_", "-")


def test_an_attribute_without_a_row_is_refused() -> None:
    class Incomplete(Attributes):
        size: int = 1

    with pytest.raises(LookupError, match=r"Incomplete\.size has no row"):
        attributes_of(Incomplete)


def test_references_name_classes_of_the_catalogue() -> None:
    named = {attribute.about.refers_to for _, attribute in ROWS} - {""}
    assert named == {
        "cluster",
        "policy",
        "link",
        "addr-trap",
        "extension",
        "client-class",
        "vpn",
        "scope-template",
        "key",
        "dns-update-config",
    }
    assert named <= CLASSES.keys()
    for _, attribute in ROWS:
        if attribute.about.refers_to:
            assert CLASSES[attribute.about.refers_to].keys == ("name",)


def test_classes_have_their_tables_and_keys() -> None:
    assert [CLASSES[name].table for name in ("server", "scope", "scope.reservations")] == [
        "[server]",
        "[[scope]]",
        "[[scope.reservations]]",
    ]
    assert [CLASSES[name].keys for name in ("server", "scope", "scope.reservations")] == [(), ("name",), ("ipaddr",)]
    for each in CLASSES.values():
        assert set(each.keys) <= {attribute.name for attribute in attributes_of(each.model)}, each.name
    assert CLASSES["scope.reservations"].parent == "scope"


def test_secrets_are_the_attributes_of_the_type() -> None:
    found = {f"{each.name}.{attribute.name}" for each, attribute in ROWS if attribute.secret}
    assert found == {
        "user.password",
        "user.token",
        "failover-pair.shared-secret",
        "trap-recipient.community",
        "trap-recipient.auth-key",
        "trap-recipient.priv-key",
        "lease-events.webhook-secret",
        "key.secret",
        "ldap.password",
    }

    class Hidden(Attributes):
        word: Annotated[SecretStr | None, About("a word")] = None

    assert [each.secret for each in attributes_of(Hidden)] == [True]


def test_a_row_of_table_2_has_the_function_of_each_operation() -> None:
    """The 23 rows of Table 2, by their requirements."""
    row = SyncRow.TRAPS.value
    assert [row.function(operation) for operation in Operation] == [Function.ENSURE, Function.REPLACE, Function.EXACT]
    assert len([each for each in SyncRow if each.value.rule]) == 23
    assert [each.value.rule for each in SyncRow if each.value.rule] == [f"R-{number:03}" for number in range(77, 100)]


def test_what_identifies_a_server_is_never_copied() -> None:
    """Names, addresses, ports, certificates and users."""
    own = {
        f"{each.name}.{attribute.name}"
        for each, attribute in ROWS
        if (attribute.about.sync or each.sync) is SyncRow.OWN
    }
    for name in ("server.name", "server.failover-recover", "api.address", "listener.address", "cluster.ipaddr"):
        assert name in own
    for name in ("failover-pair.main", "failover-pair.main-server", "failover-pair.tls-key", "user.password"):
        assert name in own
    assert "failover-pair.mclt" not in own


def test_visibility_is_for_tuning_alone() -> None:
    """What a pair needs to work is shown to everybody."""
    hidden = {
        f"{each.name}.{attribute.name}" for each, attribute in ROWS if attribute.about.visibility > Visibility.NORMAL
    }
    assert not hidden & {"failover-pair.mclt", "failover-pair.backup-pct", "scope.subnet", "prefix.address"}


def test_every_class_has_a_docstring() -> None:
    for each in CLASSES.values():
        assert inspect.getdoc(each.model), each.name


def test_the_reference_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run make configuration"
