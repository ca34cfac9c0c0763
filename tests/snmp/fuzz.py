"""`python -m tests.snmp.fuzz N`: N mutated datagrams through all code that handles octets from the network.

Each datagram is a message of some version and kind with octets changed, removed, doubled or moved, with wrong lengths,
or random octets. No decoder may raise anything but its own error. The intake must count every datagram once. A message
that both this decoder and pyasn1's accept must be the same from both. The seed is printed, and the datagram that fails.
"""

import contextlib
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from ipaddress import IPv4Address

import click

from snmp.codec import ber, encoding, fallback, v3header
from snmp.codec.ber import Outer
from snmp.codec.message import Message
from snmp.codec.translation import translate
from snmp.errors import MessageError
from snmp.receive import fairqueue, repetition
from snmp.receive.datagram import Datagram
from snmp.receive.intake import Intake
from snmp.receive.usm import UsmIntake
from snmp.security.access import Community, User
from snmp.security.enginestate import EngineState
from snmp.send.recipient import Recipient
from snmp.send.usmcarrier import UsmCarrier
from tests.snmp.send.test_sender import EVERY_TRAP

SENDER_ID, OUR_ID = bytes.fromhex("80004fb80501020304"), bytes.fromhex("80004fb80509080706")
USERS = (
    User("plain"),
    User("auth", "sha-256", "authentic-words"),
    User("priv", "sha-256", "authentic-words", "aes-128", "private-words"),
)
DISCOVERY = (
    "303a020103300f02020b0b020300ffe3040104020103"
    "0410300e04000201000201000400040004003012040004 00a00c02020a0a0201000201003000"
).replace(" ", "")
"""Engine discovery: an empty GetRequest without a user."""
_SOURCES = [f"192.0.2.{number}" for number in range(1, 33)]
_DUE_EVERY = 20_000
_TAGS = bytes((0x02, 0x04, 0x05, 0x06, 0x30, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46, 0x80, 0xA2, 0xA4, 0xA6, 0xA7, 0xA8))


@dataclass
class Outcome:
    """The result of a run, in numbers of datagrams."""

    datagrams: int = 0
    decoded: int = 0
    compared: int = 0
    """Decoded by both decoders."""
    agreed: int = 0
    """Accepted by both, with the same result."""
    only_own: int = 0
    only_pyasn1: int = 0
    usm: int = 0
    """Handled by the SNMPv3 code as well."""
    intake: Counter[str] = field(default_factory=Counter)


class FuzzError(AssertionError):
    """A failure, with the octets that caused it."""

    def __init__(self, what: str, octets: bytes) -> None:
        super().__init__(f"{what} with {octets.hex()}")


def valid_messages() -> list[bytes]:
    """Valid messages of every version and kind."""
    messages: list[bytes] = []
    for spec in EVERY_TRAP:
        messages.append(encoding.v1(spec, "public", 4711, IPv4Address("192.0.2.1")))
        messages.append(encoding.v2c(spec, "public", 4711))
        messages.append(encoding.v2c_inform(spec, "public", 4711, 99))
    for user in USERS:
        recipient = Recipient("fuzz", "127.0.0.1", 9, version="v3", user=user)
        carrier = UsmCarrier(recipient, (), EngineState(SENDER_ID, 3))
        messages += [octets for spec in EVERY_TRAP[:4] for octets in carrier.octets(spec, 4711)]
        carrier.close()
    messages.append(bytes.fromhex(DISCOVERY))
    return messages


def mutated(octets: bytes, entropy: random.Random) -> bytes:
    """The message with a few random changes, or random octets."""
    data = bytearray(octets)
    for _ in range(entropy.choice((1, 1, 1, 2, 3, 8))):
        if not data:
            break
        at = int(entropy.random() * len(data))
        change = int(entropy.random() * 10)
        if change < 4:
            data[at] = int(entropy.random() * 256)
        elif change == 4:
            data[at] ^= 1 << int(entropy.random() * 8)
        elif change == 5:
            data[at] = _TAGS[int(entropy.random() * len(_TAGS))]
        elif change == 6:  # Most often a wrong length.
            data[at] = entropy.choice((0, 1, 0x7F, 0x80, 0x81, 0x82, 0x84, 0x85, 0xFF))
        elif change == 7:
            del data[at:]
        elif change == 8:
            end = min(len(data), at + int(entropy.random() * 12))
            data[at:at] = data[at:end]
        else:
            del data[at : at + 1 + int(entropy.random() * 4)]
    if entropy.random() < 0.01:
        return entropy.randbytes(int(entropy.random() * 300))
    return bytes(data)


def run(datagrams: int, compare: int, usm: int, seed: int, *, progress: bool = False) -> Outcome:
    """Fuzz. `compare` and `usm` are the numbers of datagrams for the slow decoders. Raises FuzzError."""
    entropy = random.Random(seed)
    messages = valid_messages()
    intake = Intake([Community("public")], [], 0.25, per_second=1e9)
    stack = UsmIntake(USERS, EngineState(OUR_ID, 1))
    compare_every = max(1, datagrams // compare) if compare else 0
    usm_every = max(1, datagrams // usm) if usm else 0
    outcome = Outcome()
    began = time.monotonic()
    for number in range(1, datagrams + 1):
        octets = mutated(messages[int(entropy.random() * len(messages))], entropy)
        now = number / 1000.0
        try:
            message = _decode_everywhere(octets)
            intake.handle(Datagram(now, now, 0, _SOURCES[number % 32], 1, octets), now)
            if usm_every and number % usm_every == 0:
                outcome.usm += 1
                stack.handle(octets, "192.0.2.1", now)
        except Exception as error:
            raise FuzzError(f"{error!r} from datagram {number} of seed {seed}", octets) from error
        outcome.decoded += message is not None
        if compare_every and number % compare_every == 0:
            _compare(octets, message, outcome)
        if number % _DUE_EVERY == 0:
            intake.due(now + 1.0)
            if progress and number % 1_000_000 == 0:
                print(f"{number} after {time.monotonic() - began:.0f} s", flush=True)
    intake.due(float("inf"))
    stack.close()
    outcome.datagrams = datagrams
    outcome.intake = intake.counts
    if sum(intake.counts.values()) != datagrams:
        raise AssertionError(f"the counts {dict(intake.counts)} do not add up to {datagrams}")
    return outcome


def _decode_everywhere(octets: bytes) -> Message | None:
    """Call everything that handles octets without state; return the message if they are one."""
    fairqueue.kind(octets)
    v3header.version_of(octets)
    outline = repetition.outline(octets)
    ber.inform_response(octets)
    with contextlib.suppress(MessageError):
        v3header.read(octets)
    message = _decoded(octets)
    if outline is not None and outline.outer is not None and message != _decoded(octets, outline.outer):
        raise AssertionError(f"{message} is decoded differently with an outline")
    if message is None:
        return None
    translate(message, ("192.0.2.1", 1), 0.0, 1).as_json()
    return message


def _decoded(octets: bytes, outer: Outer | None = None) -> Message | None:
    try:
        return ber.decode(octets) if outer is None else ber.decode_rest(octets, outer)
    except MessageError:
        return None


def _compare(octets: bytes, own: Message | None, outcome: Outcome) -> None:
    outcome.compared += 1
    try:
        other = fallback.decode(octets)
    except MessageError:
        outcome.only_own += own is not None
        return
    if own is None:
        outcome.only_pyasn1 += 1
        return
    if own != other:
        raise FuzzError(f"{own} is not {other}", octets)
    outcome.agreed += 1


@click.command(help=__doc__)
@click.argument("datagrams", type=click.IntRange(1), default=200_000)
@click.option(
    "--compare", type=click.IntRange(0), default=None, help="Datagrams for both decoders; default: one in forty."
)
@click.option(
    "--usm", type=click.IntRange(0), default=None, help="Datagrams for the SNMPv3 code; default: one in a hundred."
)
@click.option("--seed", type=int, default=None)
def main(datagrams: int, compare: int | None, usm: int | None, seed: int | None) -> None:
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    compare = datagrams // 40 if compare is None else compare
    usm = datagrams // 100 if usm is None else usm
    print(f"{datagrams} datagrams, seed {seed}", flush=True)
    began = time.monotonic()
    try:
        found = run(datagrams, compare, usm, seed, progress=True)
    except AssertionError as error:
        sys.exit(f"fuzz: {error}")
    print(
        f"{found.datagrams} datagrams in {time.monotonic() - began:.0f} s without an exception: "
        f"{found.decoded} decoded, intake {dict(found.intake)}\n"
        f"{found.compared} decoded by pyasn1 as well: {found.agreed} by both with the same result, "
        f"{found.only_own} by this decoder only, {found.only_pyasn1} by pyasn1 only, the rest by neither\n"
        f"{found.usm} handled by the SNMPv3 code as well"
    )


if __name__ == "__main__":
    main()
