"""The message digest: which frames are accepted and which are refused."""

import pytest

from dhcpserver.wire.digest import DigestError, Seal
from dhcpserver.wire.failover4 import Connect, Contact, StateReport, decode, encode

SECRET = b"a secret of both servers"


def connected(secret: bytes = SECRET, other: bytes = SECRET) -> tuple[Seal, Seal]:
    """Both ends after their first frames."""
    main, backup = Seal(secret, main=True), Seal(other, main=False)
    backup.open(main.close(encode(Connect(1, relationship="pair"), 5)))
    main.open(backup.close(encode(Contact(1), 5)))
    return main, backup


def test_a_frame_with_a_digest_is_opened_unchanged() -> None:
    main, backup = connected()
    for number in range(3):
        frame = encode(StateReport(number + 1, 0, 2, 0, 1_700_000_000), 7)
        sealed = main.close(frame)
        assert int.from_bytes(sealed[:2], "big") == len(sealed)
        assert type(decode(sealed)) is StateReport  # A server without digests skips the option.
        assert backup.open(sealed) == frame


@pytest.mark.parametrize("position", [0, 2, 5, 11, 13, -33, -20, -1])
def test_a_frame_with_a_changed_octet_is_refused(position: int) -> None:
    main, backup = connected()
    sealed = bytearray(main.close(encode(StateReport(3, 0, 2, 0, 1_700_000_000), 7)))
    sealed[position] ^= 1
    with pytest.raises(DigestError):
        backup.open(bytes(sealed))


def test_another_secret_is_refused_at_the_first_frame() -> None:
    main, backup = Seal(SECRET, main=True), Seal(SECRET + b"!", main=False)
    with pytest.raises(DigestError, match="secret") as caught:
        backup.open(main.close(encode(Connect(1), 5)))
    assert not caught.value.missing


def test_a_frame_without_a_digest_is_refused() -> None:
    _, backup = connected()
    with pytest.raises(DigestError) as caught:
        backup.open(encode(Contact(9), 5))
    assert caught.value.missing


def test_a_repeated_missing_or_reflected_frame_is_refused() -> None:
    main, backup = connected()
    first, second, third = (main.close(encode(Contact(number), 5)) for number in (2, 3, 4))
    backup.open(first)
    for wrong in (first, third):
        with pytest.raises(DigestError):
            backup.open(wrong)
    backup.open(second)
    with pytest.raises(DigestError):
        main.open(third)


def test_frames_recorded_on_one_connection_are_refused_on_another() -> None:
    """Even after a replayed CONNECT, because the answer to it is new."""
    main, backup = Seal(SECRET, main=True), Seal(SECRET, main=False)
    recorded = main.close(encode(Connect(1), 5))
    backup.open(recorded)
    main.open(backup.close(encode(Contact(1), 5)))
    state = main.close(encode(StateReport(2, 0, 2), 5))
    again = Seal(SECRET, main=False)
    again.open(recorded)
    again.close(encode(Contact(7), 5))
    with pytest.raises(DigestError):
        again.open(state)
