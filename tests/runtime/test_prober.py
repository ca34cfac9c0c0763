"""ICMP echo requests by the real kernel: this machine answers for its own addresses."""

import asyncio
from ipaddress import IPv4Address

import pytest

from dhcpserver.runtime.prober import Prober, answers, checksum, echo_request
from dhcpserver.runtime.sockets import ListenerError
from tests.peers.programs import missing


async def test_an_address_of_this_machine_answers() -> None:
    answered = asyncio.Queue[int]()
    unsent: list[int] = []
    prober = Prober(answered.put_nowait, unsent.append)
    prober.open()
    if not prober.available:
        missing("raw sockets need root")
    try:
        prober.send([int(IPv4Address("127.0.0.77"))])
        async with asyncio.timeout(5):
            assert await answered.get() == int(IPv4Address("127.0.0.77"))
    finally:
        prober.close()
    prober.send([1])
    assert unsent == [1], "an address that is not probed is not taken for a silent one"


def test_without_permission_a_configuration_that_requires_probes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("dhcpserver.runtime.prober.socket.socket", refuse)
    prober = Prober(lambda _: None, lambda _: None)
    prober.open()
    assert not prober.available
    with pytest.raises(ListenerError, match=r"CAP_NET_RAW, or remove ping-clients \(Operation not permitted\)"):
        prober.open(required=True)


def test_the_checksum_of_a_request_is_right() -> None:
    """RFC 1071: the sum over the whole message is zero."""
    for sequence in (0, 1, 0xFFFF):
        assert checksum(echo_request(4711, sequence)) == 0


HEADER = bytes((0x45,)) + bytes(19)


@pytest.mark.parametrize(
    ("octets", "right"),
    [
        (HEADER + b"\0\0\0\0\x12\x34\0\1", True),
        (HEADER + b"\0\0\0\0\x12\x35\0\1", False),
        (HEADER + b"\x08\0\0\0\x12\x34\0\1", False),
        (HEADER + b"\3\1\0\0\x12\x34\0\1", False),
        (HEADER + b"\0\0\0\0\x12\x34\0", False),
        (HEADER[:19], False),
        (b"", False),
        (b"\x4f" + bytes(30), False),
        (b"\0" * 40, False),
    ],
)
def test_only_an_echo_reply_to_this_process_counts(octets: bytes, right: bool) -> None:
    assert answers(octets, 0x1234) is right
