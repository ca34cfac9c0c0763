"""net-snmp's daemon receives notifications that net-snmp's programs sent to the receiver and that it forwarded."""

from pathlib import Path

import pytest

from snmp.forward.forwarder import Forwarder, ForwardRule
from snmp.receive.receiver import Receiver, ReceiverSettings
from snmp.security import enginestate
from snmp.security.access import User
from snmp.send.recipient import Recipient
from tests.snmp.listening import receive_until, receiver
from tests.snmp.netsnmp import AUTH_KEY, PRIV_KEY, START, B, credentials, logged, send, snmptrapd

pytestmark = pytest.mark.peer

NOC = User("noc", "sha-256", AUTH_KEY, "aes-128", PRIV_KEY)
STARTED = f".1.3.6.1.6.3.1.1.4.1.0 = OID: .{B}.2.0.3"
SENT = {
    "v1": (("-v", "1", "-c", "public"), (f"{B}.2", "198.51.100.1", "6", "3", "4711", *START[2:])),
    "v2c": (("-v", "2c", "-c", "public"), START),
    "v3": (tuple(credentials("noc", "sha-256", "aes-128")), START),
}


def forward(listening: Receiver, forwarder: Forwarder) -> None:
    for number, each in enumerate(receive_until(listening, bool)):
        forwarder.forward(each, float(number))
    forwarder.close(10.0)


@pytest.mark.parametrize("version", SENT)
@pytest.mark.parametrize("again", ["v2c", "v3"])
def test_every_version_is_encoded_again_and_accepted(version: str, again: str, tmp_path: Path) -> None:
    (tmp_path / "sender").mkdir()
    engine = enginestate.boot(tmp_path / "forward").engine_id.hex()
    keys = f"createUser -e 0x{engine} noc SHA-256 {AUTH_KEY} AES {PRIV_KEY}"
    with snmptrapd(tmp_path, [keys, "authUser log noc priv"]) as (port, log):
        recipient = Recipient("other", "127.0.0.1", port, version="v2c" if again == "v2c" else "v3", user=NOC)
        forwarder = Forwarder([ForwardRule(recipient, as_received=False)], tmp_path / "forward")
        with receiver(users=(NOC,), keeps_octets=True) as (listening, address):
            options, arguments = SENT[version]
            sent = send("snmptrap", tmp_path / "sender", address, options, arguments)
            assert sent.returncode == 0, sent.stderr
            forward(listening, forwarder)
        (line,) = logged(log, 1)
    device = "198.51.100.1" if version == "v1" else "127.0.0.1"
    for words in (STARTED, f".{B}.1.2.4.0 = INTEGER: 2", f".1.3.6.1.6.3.18.1.3.0 = IpAddress: {device}"):
        assert words in line
    assert "(4711)" in line
    assert forwarder.counters()["other"].sent == 1


@pytest.mark.parametrize("version", ["v1", "v2c"])
def test_a_datagram_is_passed_on_as_it_was_received(version: str, tmp_path: Path) -> None:
    (tmp_path / "sender").mkdir()
    with snmptrapd(tmp_path) as (port, log):
        forwarder = Forwarder([ForwardRule(Recipient("other", "127.0.0.1", port), as_received=True)])
        with receiver(keeps_octets=True) as (listening, address):
            options, arguments = SENT[version]
            send("snmptrap", tmp_path / "sender", address, options, arguments)
            forward(listening, forwarder)
        (line,) = logged(log, 1)
    assert f".{B}.1.2.4.0 = INTEGER: 2" in line


def test_two_receivers_that_forward_to_each_other_do_not_circulate_a_trap(tmp_path: Path) -> None:
    """snmptrapd forwards everything back; the receiver gets the trap twice and forwards it once."""
    (tmp_path / "sender").mkdir()
    listening = Receiver(ReceiverSettings((("127.0.0.1", 0),), keeps_octets=True))
    ((host, number),) = listening.start()
    try:
        with snmptrapd(tmp_path, [f"forward default udp:{host}:{number}"]) as (port, log):
            forwarder = Forwarder([ForwardRule(Recipient("other", host, port, "public"), as_received=False)])
            send("snmptrap", tmp_path / "sender", (host, number), ("-v", "2c", "-c", "public"))
            forwarder.forward(receive_until(listening, bool)[0], 1.0)
            back = receive_until(listening, bool)
            forwarder.forward(back[0], 2.0)
            forwarder.close(10.0)
            assert len(logged(log, 1)) == 1
    finally:
        listening.close()
    counters = forwarder.counters()["other"]
    assert (counters.sent, counters.returned) == (1, 1)
