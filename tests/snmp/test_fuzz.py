"""A share of the fuzz run; `make fuzz N=10000000` is the whole."""

from snmp.codec import v3header
from tests.snmp import fuzz


def test_mutated_datagrams_raise_nothing_and_both_decoders_agree() -> None:
    """R-241: whatever arrives, the receiver goes on."""
    found = fuzz.run(200_000, compare=5_000, usm=1_000, seed=20261124)
    assert found.decoded > 10_000, "mutations that are refused at once prove little"
    assert found.agreed > 500
    assert (found.compared, found.usm) == (5_000, 1_000)
    assert found.only_theirs < found.agreed / 10, "the fast decoder leaves little to the slow one"
    assert found.intake["decoded"] > 5_000


def test_the_messages_that_are_mutated_are_of_every_version_and_kind() -> None:
    messages = fuzz.valid_messages()
    for message in messages:
        fuzz._through(message)
    versions = [v3header.version_of(message) for message in messages]
    assert {version: versions.count(version) for version in (0, 1, 3)} == {0: 9, 1: 18, 3: 13}
