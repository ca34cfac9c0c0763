"""A short fuzz run; `make fuzz N=10000000` is a long one."""

from snmp.codec import v3header
from tests.snmp import fuzz


def test_mutated_datagrams_raise_no_exception_and_both_decoders_agree() -> None:
    """R-241: no datagram stops the receiver."""
    found = fuzz.run(200_000, compare=5_000, usm=1_000, seed=20261124)
    assert found.decoded > 10_000, "most mutations were refused at once, so the test covers little"
    assert found.agreed > 500
    assert (found.compared, found.usm) == (5_000, 1_000)
    assert found.only_pyasn1 < found.agreed / 10, "the fast decoder refuses too much that the slow one accepts"
    assert found.intake["decoded"] > 5_000


def test_the_mutated_messages_include_every_version_and_kind() -> None:
    messages = fuzz.valid_messages()
    for message in messages:
        fuzz._decode_everywhere(message)
    versions = [v3header.version_of(message) for message in messages]
    assert {version: versions.count(version) for version in (0, 1, 3)} == {0: 9, 1: 18, 3: 13}
