"""The leases of a client: the forms of its name, and the limit for one request."""

import pytest

from dhcpserver.api.leases import ADDRESSES_PER_REQUEST, Client, ClientError, of_client, read_client, scan
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status
from dhcpserver.leases.pool import Pool4

MAC = bytes.fromhex("020000000001")
HARDWARE = b"\1" + MAC


@pytest.mark.parametrize(
    ("text", "client"),
    [
        ("1,6,02:00:00:00:00:01", Client(HARDWARE, b"")),
        ("02:00:00:00:00:01", Client(HARDWARE, b"")),
        ("02-00-00-00-00-01", Client(HARDWARE, b"")),
        ("0200.0000.0001", Client(HARDWARE, b"")),
        (" 020000000001 ", Client(HARDWARE, b"")),
        ("6,2,ab:cd", Client(b"\6\xab\xcd", b"")),
        ("01:02:00:00:00:00:01", Client(b"", HARDWARE)),
        ("ff0011", Client(b"", b"\xff\0\x11")),
    ],
)
def test_a_client_is_read_from_its_hardware_address_or_identifier(text: str, client: Client) -> None:
    assert read_client(text) == client


@pytest.mark.parametrize("text", ["", "printer", "02:00:00:00:00:0", "1,5,02:00:00:00:00:01", "300,1,00", "0g", ":02"])
def test_a_text_that_is_not_a_client_is_refused(text: str) -> None:
    with pytest.raises(ClientError):
        read_client(text)


def book(*leases: tuple[int, bytes | None, bytes], first: int = 1, last: int = 50_000) -> Book:
    made = Book([Pool4("s1", 0, 0, [(first, last)])])
    for address, client_id, hardware in leases:
        lease = made.record(address)
        assert lease is not None
        made.set_client(lease, client_id, hardware)
        made.set_status(lease, Status.ACTIVE, 1)
    return made


def addresses(found: list[dict[str, object]]) -> list[object]:
    return [each["address"] for each in found]


def test_the_index_finds_a_mac_with_and_without_the_usual_identifier() -> None:
    held = book((7, None, HARDWARE), (9, HARDWARE, HARDWARE), (11, b"\1other", b"\1other1"))
    found, following = of_client(held, read_client("02:00:00:00:00:01"), main=True)
    assert addresses(found) == ["0.0.0.7", "0.0.0.9"]
    assert following == 0
    found, following = of_client(held, read_client(HARDWARE.hex()), main=True)
    assert (addresses(found), following) == (["0.0.0.9"], None)


def test_a_client_with_an_unusual_identifier_is_found_in_bounded_steps() -> None:
    held = book((20_000, b"odd", HARDWARE))
    client = read_client("02:00:00:00:00:01")
    assert of_client(held, client, main=True) == ([], 0)
    found, steps, after = [], 0, 0
    while (step := scan(held, client, after, main=True))[1] is not None:
        found += step[0]
        after, steps = step[1], steps + 1
        assert after == steps * ADDRESSES_PER_REQUEST
    assert addresses(found + step[0]) == ["0.0.78.32"]
    assert steps == 3
    held.index_holders()
    assert addresses(of_client(held, client, main=True)[0]) == ["0.0.78.32"]
    assert of_client(held, client, main=True)[1] is None


def test_several_pools_are_scanned_one_after_the_other() -> None:
    held = Book([Pool4("b", 0, 0, [(100, 110)]), Pool4("a", 0, 0, [(1, 10)])])
    for address in (5, 105):
        lease = held.record(address)
        assert lease is not None
        held.set_client(lease, b"odd", HARDWARE)
    found, following = scan(held, read_client("02:00:00:00:00:01"), 5, main=True)
    assert (addresses(found), following) == (["0.0.0.105"], None)
