"""`python -m tests.wire.fuzz6 N`: N mutated DHCPv6 messages and failover frames through all code that reads them.

Each is a message of some type with octets changed, removed, doubled or moved, with wrong lengths, or random octets. No
decoder may raise anything but a WireError, and a message that is accepted must be the same after it is encoded again.
The seed is printed, and the octets that fail.
"""

import contextlib
import random
import sys
import time
from dataclasses import dataclass

import click

from dhcpserver.wire import dhcp6, dhcp6duid, dhcp6values
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6refusal import client_refusal, needs_multicast, refusal
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from dhcpserver.wire.failover6_bindings import acknowledge6
from dhcpserver.wire.framing import Framer
from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.standard6 import STANDARD6
from tests.wire.samples6 import (
    CLIENT,
    SERVER,
    client_messages,
    encoded,
    failover_frames,
    relayed,
    server_messages,
)

_EDGES = (0, 1, 2, 3, 4, 5, 12, 13, 24, 25, 26, 45, 0x7F, 0x80, 0xFF)
_DEFINITIONS = {each.code: each for each in STANDARD6}


@dataclass
class Outcome:
    """The result of a run, in numbers of inputs."""

    inputs: int = 0
    messages: int = 0
    """Accepted DHCPv6 messages."""
    frames: int = 0
    """Accepted failover frames."""


class FuzzError(AssertionError):
    """A failure, with the octets that caused it."""

    def __init__(self, what: str, octets: bytes) -> None:
        super().__init__(f"{what} with {octets.hex()}")


def mutated(octets: bytes, entropy: random.Random) -> bytes:
    """The octets with a few random changes, or random octets."""
    data = bytearray(octets)
    for _ in range(entropy.choice((1, 1, 1, 2, 3, 8))):
        if not data:
            break
        at = int(entropy.random() * len(data))
        change = int(entropy.random() * 9)
        if change < 3:
            data[at] = int(entropy.random() * 256)
        elif change == 3:
            data[at] ^= 1 << int(entropy.random() * 8)
        elif change == 4:
            data[at] = entropy.choice(_EDGES)
        elif change == 5:
            del data[at:]
        elif change == 6:
            end = min(len(data), at + int(entropy.random() * 60))
            data[at:at] = data[at:end]
        else:
            del data[at : at + 1 + int(entropy.random() * 4)]
    if entropy.random() < 0.01:
        return entropy.randbytes(int(entropy.random() * 300))
    return bytes(data)


def take_message(octets: bytes) -> bool:
    """Read a DHCPv6 message with everything in it; return whether it was accepted."""
    try:
        message = dhcp6.parse(octets)
    except WireError:
        return False
    refusal(message, SERVER, True)
    client_refusal(message, CLIENT, message.xid)
    needs_multicast(message, False)
    _take_values(message)
    again = dhcp6.parse(dhcp6.encode_message(message))
    if (again.options, again.ias, again.xid, again.type) != (message.options, message.ias, message.xid, message.type):
        raise AssertionError("the message is another one after it was encoded again")
    dhcp6.parse(dhcp6.encode_reply(message, 7, b""))
    return True


def _take_values(message: Message) -> None:
    for name in ("requested", "preference", "elapsed_hundredths", "status", "user_classes", "vendor_classes"):
        getattr(message, name)
    for name in ("vendor_options", "lease_query", "link_address", "hardware_address", "reconfigure_message"):
        getattr(message, name)
    if message.fqdn is not None:
        dhcp6values.answer_fqdn(message.fqdn, (b"example", b"org"))
    dhcp6.relay_data(message, 1)
    for ia in message.ias:
        assert ia.status is None or ia.status.code >= 0
        assert all(lease.status is None or lease.length <= 128 for lease in ia.leases)
    for code, data in message.options:
        dhcp6values.relay_data(data)
        dhcp6duid.hardware_of(data)
        definition = _DEFINITIONS.get(code)
        if definition is not None:
            with contextlib.suppress(OptionValueError):
                definition.text(data)
    for hop in message.relays:
        assert hop.remote_id is None or hop.remote_id.values


def take_frame(octets: bytes) -> bool:
    """Read failover frames; return whether one was accepted."""
    framer = Framer()
    found = framer.feed(octets)
    for message in found:
        if isinstance(message, BindingUpdate) and not isinstance(message, BindingAck) and message.family == 6:
            (ack,) = Framer().feed(acknowledge6(message, 5, 15, "outdated"))
            assert isinstance(ack, BindingAck)
            assert (ack.reject, ack.address, ack.status) == (15, message.address, message.status)
            if message.address:
                (again,) = Framer().feed(encoded(message, 5))
                assert isinstance(again, BindingUpdate)
                assert (again.key, again.preferred) == (message.key, message.preferred)
    return bool(found)


def run(inputs: int, seed: int, *, progress: bool = False) -> Outcome:
    """Fuzz. Raises FuzzError."""
    entropy = random.Random(seed)
    direct = client_messages() + server_messages()
    messages = direct + [relayed(each) for each in direct]
    frames = failover_frames()
    outcome = Outcome()
    began = time.monotonic()
    for number in range(1, inputs + 1):
        of_messages = entropy.random() < 0.6
        octets = mutated(entropy.choice(messages if of_messages else frames), entropy)
        if not of_messages and len(octets) > 2 and entropy.random() < 0.8:
            octets = (len(octets) - 2).to_bytes(2, "big") + octets[2:]
        try:
            if of_messages:
                outcome.messages += take_message(octets)
            else:
                outcome.frames += take_frame(octets)
        except Exception as error:
            raise FuzzError(f"{error!r} from input {number} of seed {seed}", octets) from error
        if progress and number % 1_000_000 == 0:
            print(f"{number} after {time.monotonic() - began:.0f} s", flush=True)
    outcome.inputs = inputs
    return outcome


@click.command(help=__doc__)
@click.argument("inputs", type=click.IntRange(1), default=200_000)
@click.option("--seed", type=int, default=None)
def main(inputs: int, seed: int | None) -> None:
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    print(f"{inputs} inputs, seed {seed}", flush=True)
    began = time.monotonic()
    try:
        found = run(inputs, seed, progress=True)
    except AssertionError as error:
        sys.exit(f"fuzz: {error}")
    print(
        f"{found.inputs} inputs in {time.monotonic() - began:.0f} s without an exception: "
        f"{found.messages} messages and {found.frames} failover frames accepted"
    )


if __name__ == "__main__":
    main()
