"""RECONFIGURE (RFC 8415 sections 18.3.11 and 20.4): keys, the way to the client, repetitions, and who is asked."""

import random
from pathlib import Path

import pytest

from dhcpserver.client.effects6 import Effects6, Send6, State6
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.config.changedoptions import prefixes_to_reconfigure
from dhcpserver.config.document import read
from dhcpserver.failover.errors import OperatorError
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import address6, prefix, text_of
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Reconfigure, Stop
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.service.v6.reconfigure import MOST_WAITING, REC_MAX_RC
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Hop, Message, encode_message, encode_relay, parse
from dhcpserver.wire.dhcp6auth import is_signed, read_authentication
from dhcpserver.wire.dhcp6options import MessageType6
from tests.service.v6.pair6 import CONFIGURATION, DUIDS, OFFICE, OWN, RELAY, RELAYED, Pair6, Server6, na, pd
from tests.wire.test_dhcp6_dissector import reads

ALLOWED = "reconfigure = true"
ACCEPT = [(o6.RECONFIGURE_ACCEPT, b"")]
RENEW, REBIND, INFORM = MessageType6.RENEW, MessageType6.REBIND, MessageType6.INFORMATION_REQUEST


def command(
    server: Server6, target: int | str, kind: MessageType6 = RENEW, *, patient: bool = False
) -> Exception | None:
    """Give the command; return its refusal. What is sent is in `server.sent`."""
    server.sent.clear()
    server.turn(command=Reconfigure(target, kind, "admin", patient))
    return server.answers[-1]


def sent(server: Server6) -> list[Message]:
    """The RECONFIGURE messages since the command."""
    messages = [parse(reply.octets) for reply in server.sent]
    return [message for message in messages if message.type == MessageType6.RECONFIGURE]


def key_of(message: Message | None) -> bytes:
    """The key in a REPLY."""
    assert message is not None
    found = read_authentication(message.get(o6.AUTHENTICATION))
    assert found is not None
    assert found.key is not None
    return found.key


def with_client() -> tuple[Pair6, int, bytes]:
    """A pair, the key of an address in the book, and the client's key."""
    pair = Pair6(policy=ALLOWED)
    (ia,) = pair.main.leased(na(), options=ACCEPT)
    reply = pair.main.ask(RENEW, ia, server=pair.main.duid, options=ACCEPT)
    return pair, address6(ia.leases[0].address), key_of(reply)


def test_a_client_that_accepts_it_gets_a_key_in_each_reply() -> None:
    """Section 20.4.2: in a REPLY, not in an ADVERTISE; none without Reconfigure Accept, or without the policy."""
    pair = Pair6(policy=ALLOWED)
    advertised = pair.main.ask(MessageType6.SOLICIT, na(), options=ACCEPT)
    assert advertised is not None
    assert advertised.reconfigure_accept
    assert advertised.get(o6.AUTHENTICATION) is None
    first = pair.main.ask(MessageType6.REQUEST, *advertised.ias, server=pair.main.duid, options=ACCEPT)
    again = pair.main.ask(RENEW, *advertised.ias, server=pair.main.duid, options=ACCEPT)
    assert first is not None
    assert first.reconfigure_accept
    assert key_of(first) == key_of(again)
    other = pair.main.ask(MessageType6.REQUEST, na(), duid=DUIDS[1], server=pair.main.duid, options=ACCEPT)
    assert key_of(other) != key_of(first)
    for plain in (
        pair.main.ask(MessageType6.REQUEST, na(), duid=DUIDS[2], server=pair.main.duid),
        Pair6(alone=True).main.ask(MessageType6.SOLICIT, na(), options=ACCEPT),
        pair.main.ask(INFORM, duid=DUIDS[3], options=ACCEPT),
    ):
        assert plain is not None
        assert not plain.reconfigure_accept
        assert plain.get(o6.AUTHENTICATION) is None


def test_the_keys_follow_from_a_secret_that_no_message_has() -> None:
    """The DUID of the server has its identifier: keys must not follow from that."""
    server = Pair6(alone=True, policy=ALLOWED).main
    keys = []
    for secret in (b"one", b"two"):
        server.core = Core(read(server.text), server.uid, "1", secret)
        server.core.start(None, server.pair.moment, random.Random(1))
        keys.append(key_of(server.ask(MessageType6.REQUEST, na(), server=server.duid, options=ACCEPT)))
    assert keys[0] != keys[1]


def test_the_message_is_signed_and_goes_through_the_relays_of_the_lease() -> None:
    pair, lease, key = with_client()
    assert command(pair.main, lease) is None
    (reply,) = pair.main.sent
    assert (reply.address, reply.port, reply.listener) == (RELAY, 547, 0)
    message = parse(reply.octets)
    assert (message.type, message.xid, message.reconfigure_message) == (MessageType6.RECONFIGURE, 0, RENEW)
    assert (message.client_id, message.server_id) == (DUIDS[0], pair.main.duid)
    (hop,) = message.relays
    assert (hop.type, hop.link_address, hop.interface_id) == (MessageType6.RELAY_REPL, OFFICE + 1, b"port 7")
    assert is_signed(Message(message.type, 0, message.options), key)
    lines = [line.text for line in pair.main.log if line.id == 18243]
    assert lines == [f"RECONFIGURE (RENEW) is sent to the clients of {text_of(lease)} for admin."]


def test_a_relay_that_sends_from_another_port_gets_it_there() -> None:
    """RFC 8357: the port of the last message from that relay."""
    pair = Pair6(policy=ALLOWED)
    hops = [Hop(MessageType6.RELAY_FORW, 0, OFFICE + 1, 7, [(o6.RELAY_PORT, b"\0\0")])]
    arrival = RELAYED._replace(source_port=40_000, listener=0)
    advertised = pair.main.ask(MessageType6.SOLICIT, na(), options=ACCEPT, hops=hops, arrival=arrival)
    assert advertised is not None
    pair.main.ask(
        MessageType6.REQUEST, *advertised.ias, server=pair.main.duid, options=ACCEPT, hops=hops, arrival=arrival
    )
    key = address6(advertised.ias[0].leases[0].address)
    assert command(pair.main, key) is None
    assert pair.main.sent[0].port == 40_000
    paths = dict(pair.main.core.reconfigure_paths)
    assert paths == {RELAY: arrival}
    pair.main.crash()
    pair.main.start()
    pair.main.turn()
    pair.wait(60)
    refused = command(pair.main, key)
    assert "there is no way" in str(refused), "the port is not stored"
    pair.main.sent.clear()
    pair.main.turn(command=Reconfigure("na", RENEW, "reload", True, paths))
    assert pair.main.sent[0].port == 40_000, "a reload takes it over"


def test_a_client_without_a_relay_gets_it_where_it_sends_from() -> None:
    pair = Pair6(policy=ALLOWED, more='[[listener6]]\naddress = "::2"\nlink = "office"\n')
    arrival = Arrival6(0, 0xFE80 << 112 | 9, 546, 3, link="office", address=OWN)
    advertised = pair.main.ask(MessageType6.SOLICIT, na(), pd(), options=ACCEPT, hops=(), arrival=arrival)
    assert advertised is not None
    reply = pair.main.ask(
        MessageType6.REQUEST, *advertised.ias, server=pair.main.duid, options=ACCEPT, hops=(), arrival=arrival
    )
    assert reply is not None
    address, delegated = reply.ias[0].leases[0], reply.ias[1].leases[0]
    assert command(pair.main, address6(address.address)) is None
    (found,) = pair.main.sent
    assert (found.address, found.port, found.scope_id) == (arrival.source, 546, 3), "on the link, as it has sent"
    refused = command(pair.main, prefix(delegated.address, 56))
    assert refused is None, "the client is being asked already"
    pair.main.crash()
    pair.main.start()
    pair.main.turn()
    pair.wait(60)
    assert "there is no way" in str(command(pair.main, prefix(delegated.address, 56)))
    assert command(pair.main, address6(address.address)) is None
    (found,) = pair.main.sent
    assert (found.address, found.port, found.listener) == (address.address, 546, 0), "the address that it has leased"


def test_it_is_repeated_until_the_client_answers() -> None:
    """Section 7.6: after 2 s, and then after twice as long each time."""
    pair, lease, _ = with_client()
    command(pair.main, lease)
    pair.wait(7, step=0.1)
    assert len(sent(pair.main)) == 3
    assert len({reply.octets for reply in pair.main.sent}) == 1
    pair.main.ask(RENEW, na(1, lease & (1 << 128) - 1), server=pair.main.duid, options=ACCEPT)
    pair.main.sent.clear()
    pair.wait(60)
    assert sent(pair.main) == []
    assert pair.main.core.counters6.sent["RECONFIGURE"] == 3


def test_it_is_given_up_after_eight_messages_with_a_line_in_the_log() -> None:
    pair, lease, _ = with_client()
    pair.wait(10)
    command(pair.main, lease)
    pair.wait(600)
    assert len(sent(pair.main)) == REC_MAX_RC
    lines = [line.text for line in pair.main.log if line.id == 18244]
    assert lines == [f"Client {DUIDS[0].hex(':')} did not answer RECONFIGURE."]


@pytest.mark.parametrize(
    ("kind", "state"), [(RENEW, State6.RENEWING), (REBIND, State6.REBINDING), (INFORM, State6.INFORMING)]
)
def test_the_client_library_does_what_is_requested(kind: MessageType6, state: State6) -> None:
    """From the first message to the answer, with the client of the demo."""
    pair = Pair6(policy=ALLOWED)
    client = Client6(Identity6(DUIDS[0], reconfigure=True), random.Random(1))
    talk(pair, client, client.start(pair.now))
    for _ in range(20):
        if client.state is not State6.BOUND:
            pair.wait(1)
            talk(pair, client, client.tick(pair.now))
    assert client.state is State6.BOUND
    assert command(pair.main, address6(client.leases[0].address), kind) is None
    (message,) = sent(pair.main)
    effects = client.receive(Message(message.type, message.xid, message.options), pair.now)
    assert client.state is state
    talk(pair, client, effects)
    assert client.state is State6.BOUND
    pair.main.sent.clear()
    pair.wait(30)
    assert sent(pair.main) == []


def talk(pair: Pair6, client: Client6, effects: Effects6) -> None:
    """Bring a client's messages to the main, and the replies to the client."""
    for effect in effects:
        if isinstance(effect, Send6):
            hop = Hop(MessageType6.RELAY_FORW, 0, OFFICE + 1, 5)
            for octets in pair.main.turn((encode_relay(hop, effect.octets), RELAYED)):
                pair.settle()
                message = parse(octets)
                talk(pair, client, client.receive(Message(message.type, message.xid, message.options), pair.now))


def test_a_client_without_a_key_of_this_server_is_not_asked() -> None:
    pair, lease, _ = with_client()
    (plain,) = pair.main.leased(na(), duid=DUIDS[1])
    for target, words in (
        (address6(plain.leases[0].address), "has no key of this server"),
        (address6(OFFICE + 99), "is not leased"),
        ("nowhere", "there is no prefix"),
    ):
        refused = command(pair.main, target)
        assert isinstance(refused, OperatorError)
        assert words in str(refused)
    refused = command(pair.backup, lease)
    assert "has no key of this server" in str(refused), "the key is the main's"
    assert command(Pair6().main, "na") is not None, "the policy does not allow it"
    assert pair.main.sent == pair.backup.sent == []


def test_after_a_takeover_the_partner_asks_those_that_it_has_answered() -> None:
    """The key does not cross the link: the partner sends its own with its first reply."""
    pair, lease, key = with_client()
    pair.main.crash()
    pair.wait(60)
    assert pair.backup.state is State.COMMUNICATIONS_INTERRUPTED
    assert command(pair.backup, lease) is not None
    reply = pair.backup.ask(REBIND, na(1, lease & (1 << 128) - 1), options=ACCEPT)
    assert key_of(reply) != key
    assert command(pair.backup, lease) is None
    (message,) = sent(pair.backup)
    assert is_signed(Message(message.type, 0, message.options), key_of(reply))


def test_a_start_keeps_who_can_be_asked_and_the_numbers_grow() -> None:
    """Section 20.4.1: a client drops a number that is not greater than the last one."""
    pair, lease, key = with_client()
    command(pair.main, lease)
    before = read_authentication(sent(pair.main)[0].get(o6.AUTHENTICATION))
    pair.main.crash()
    pair.main.start()
    pair.main.turn()
    pair.wait(4000)
    assert pair.main.state is State.NORMAL
    assert command(pair.main, lease) is None
    (message,) = sent(pair.main)
    after = read_authentication(message.get(o6.AUTHENTICATION))
    assert before is not None
    assert after is not None
    assert after.replay > before.replay
    assert is_signed(Message(message.type, 0, message.options), key)


def test_the_clients_of_a_prefix_are_asked_a_bounded_number_at_a_time() -> None:
    pair = Pair6(alone=True, policy=ALLOWED)
    clients = [bytes.fromhex("00030001") + number.to_bytes(6, "big") for number in range(MOST_WAITING + 60)]
    bound = {duid: pair.main.leased(na(), duid=duid, options=ACCEPT)[0] for duid in clients}
    pair.main.leased(na(), duid=DUIDS[0])
    assert command(pair.main, "na") is None
    first = {message.client_id for message in sent(pair.main)}
    assert len(first) == MOST_WAITING
    for duid in first:
        assert duid is not None
        pair.main.ask(RENEW, bound[duid], duid=duid, server=pair.main.duid, options=ACCEPT)
    pair.wait(1)
    assert {message.client_id for message in sent(pair.main)} == set(clients)


def test_after_a_reload_clients_are_asked_when_the_server_serves_again() -> None:
    pair, *_ = with_client()
    pair.main.crash()
    pair.main.start()
    pair.main.turn()
    assert pair.main.state is State.STARTUP
    assert command(pair.main, "na", INFORM) is not None, "an operator gets a refusal"
    assert command(pair.main, "na", INFORM, patient=True) is None
    assert pair.main.sent == []
    pair.wait(60)
    assert {message.reconfigure_message for message in sent(pair.main)} == {INFORM}


def test_a_server_that_becomes_silent_sends_no_more() -> None:
    pair, lease, _ = with_client()
    command(pair.main, lease)
    pair.main.turn(command=Stop(long=False))
    pair.main.sent.clear()
    pair.wait(60)
    assert pair.main.state is State.PAUSED
    assert sent(pair.main) == []


def test_prefixes_whose_options_a_reload_changed() -> None:
    """Only those whose policy has it; a reservation's options count too."""
    texts = {
        name: CONFIGURATION.format(name="a", server="", pair="", policy=policy, prefix=options, delegation="", more="")
        for name, policy, options in (
            ("same", f"{ALLOWED}\nreconfigure-on-reload = true", ""),
            ("options", f"{ALLOWED}\nreconfigure-on-reload = true", "options = { 24 = ['example.org'] }"),
            ("not asked", ALLOWED, "options = { 24 = ['example.org'] }"),
            (
                "reserved",
                f"{ALLOWED}\nreconfigure-on-reload = true",
                '[[prefix.reservations]]\nduid = "00:03:00:01:02:00:00:00:00:05"\nip6address = "2001:db8:1::5"\n'
                "options = { 24 = ['example.org'] }",
            ),
        )
    }
    before = read(texts["same"])
    found = {name: prefixes_to_reconfigure(before, read(text)) for name, text in texts.items()}
    assert found == {"same": (), "options": ("na",), "not asked": (), "reserved": ("na",)}


@pytest.mark.peer
def test_no_message_with_a_key_a_digest_or_server_unicast_is_malformed(tmp_path: Path) -> None:
    """Wireshark's dissector reads them, and UseMulticast."""
    pair = Pair6(policy=f"{ALLOWED}\nserver-unicast = true")
    advertised = pair.main.ask(MessageType6.SOLICIT, na(), options=ACCEPT)
    assert advertised is not None
    reply = pair.main.ask(MessageType6.REQUEST, *advertised.ias, server=pair.main.duid, options=ACCEPT)
    assert reply is not None
    command(pair.main, address6(reply.ias[0].leases[0].address))
    far = Arrival6(0, OFFICE ^ 1 << 80, 546, multicast=False, address=OWN)
    refused = pair.main.ask(RENEW, *reply.ias, server=pair.main.duid, hops=(), arrival=far)
    assert refused is not None
    sent_to_relay = [found.octets for found in pair.main.sent if found.port == 547]
    direct = [encode_message(Message(each.type, each.xid, each.options)) for each in (advertised, reply, refused)]
    messages = [(547, octets) for octets in sent_to_relay] + [(546, octets) for octets in direct]
    text = reads(tmp_path / "reconfigure.pcap", messages)
    for words in ("Reconfigure (10)", "Reconfigure Accept", "Server unicast", "Authentication", "UseMulticast (5)"):
        assert words in text, text
