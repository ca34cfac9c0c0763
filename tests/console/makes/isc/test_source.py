"""The facts of an ISC dhcpd: its failover-state object, leases, and Set Partner Down without a date."""

from pathlib import Path

import pytest

from console.errors import ConfigError, NoSuchPair, Refused, Unanswered
from console.makes.documents import Misfits
from console.makes.isc.client import OmapiClient
from console.makes.isc.files import DhcpdFiles
from console.makes.isc.omapi import Message, Operation
from console.makes.isc.settings import IscServer
from console.makes.isc.source import IscSource
from console.makes.isc.status import pair_facts
from console.makes.isc.words import STATES
from console.model.action_names import ActionName, ActionRequest
from console.model.facts import PairFacts
from console.model.leases import Binding, LeaseQuery
from console.model.phases import Phase
from tests.console.makes.isc.dhcpd import KEY, LEASE, Dhcpd, number, state
from tests.console.makes.isc.test_files import LEASES

SINCE = 1795886384.0
NOTHING = DhcpdFiles(None, None, None)


def facts(**changed: int | bytes) -> PairFacts:
    return pair_facts("a", "campus", Message(Operation.UPDATE, 2, values=state(**changed)), None, Misfits())


def source(server: Dhcpd, files: DhcpdFiles = NOTHING) -> IscSource:
    return IscSource(OmapiClient("127.0.0.1", server.port, KEY), "a", "campus", files)


def test_what_a_server_reports_by_omapi() -> None:
    found = facts()
    assert (found.role, found.phase, found.word, found.since) == ("backup", Phase.NORMAL, "normal", SINCE)
    assert (found.partner_phase, found.partner_since, found.contact, found.serves) == (Phase.NORMAL, SINCE, True, True)
    assert (found.mclt, found.unacked_updates, found.max_unacked_updates) == (1800.0, 0, 10)
    assert (found.load_balancing, found.buckets) == (True, (128, 128))
    assert (found.pools, found.time_skew, found.takeover, found.last_contact) == (None, None, None, None)
    assert found.misfits == ()


@pytest.mark.parametrize("number_of_state", STATES)
def test_every_state_has_its_word_and_its_phase(number_of_state: int) -> None:
    found = facts(local_state=number_of_state)
    assert (found.word, found.phase) == STATES[number_of_state]
    assert found.misfits == ()


@pytest.mark.parametrize(
    ("local", "partner", "contact"),
    [(3, 2, False), (3, 6, None), (10, 5, False), (5, 5, True), (4, 2, None), (6, 0, None), (1, 0, None)],
)
def test_contact_is_what_the_state_implies(local: int, partner: int, contact: bool | None) -> None:
    """R-148 needs it. While its partner recovers a server stays interrupted, with contact."""
    assert facts(local_state=local, partner_state=partner).contact is contact


def test_after_a_start_without_contact_the_time_of_the_state_is_not_known() -> None:
    """dhcpd 4.4 keeps the time at which it was last NORMAL, which is not when contact was lost."""
    restarted = facts(local_state=3)
    assert (restarted.since, restarted.contact_lost_at, restarted.contact) == (None, None, False)
    alone = facts(local_state=3, local_stos=int(SINCE) + 60)
    assert (alone.since, alone.contact_lost_at) == (SINCE + 60, SINCE + 60)


def test_partner_down_counts_from_its_own_start() -> None:
    """R-151, without a date: MCLT after the state was entered."""
    found = facts(local_state=4)
    assert (found.partner_down_time, found.partner_pool_usable_at) == (SINCE, SINCE + 1800)


@pytest.mark.parametrize(
    ("changed", "misfit"),
    [
        ({"local_state": 77}, "local-state is 77: a state without a meaning here"),
        ({"local_state": b"x"}, "local-state is b'x': not a number of 4 octets"),
    ],
)
def test_what_does_not_fit_is_unknown_and_reported(changed: dict[str, int | bytes], misfit: str) -> None:
    found = facts(**changed)
    assert found.phase is Phase.UNKNOWN
    assert found.misfits == (misfit,)


def test_an_object_without_attributes_reports_nothing() -> None:
    found = pair_facts("a", "campus", Message(Operation.UPDATE, 2), None, Misfits())
    assert (found.phase, found.contact, found.mclt, found.role) == (Phase.UNKNOWN, None, None, "")
    assert "local-state is missing" in found.misfits


async def test_a_poll_with_the_pools_of_the_leases_file(tmp_path: Path) -> None:
    (tmp_path / "leases").write_text(LEASES)
    async with Dhcpd().serving() as server:
        asked = source(server, DhcpdFiles(tmp_path / "leases", None, None))
        polled = await asked.poll()
        assert polled.facts.pools is not None
        assert polled.raw["failover-state"]["local-state"] == "00000002"
        assert "partner-address" not in polled.raw["failover-state"], "memory of the server is not stored"
        (lease,) = await asked.leases(LeaseQuery("02-00-00-00-00-07", by_address=False))
        assert (lease.address, lease.sent, lease.acked, lease.host_name) == (
            "10.9.0.100", 1795891800.0, 1795891800.0, "printer",
        )  # fmt: skip
        pages = [page async for page in asked.lease_pages("leases")]
        assert [len(page) for page in pages] == [6]
        assert (await asked.identify()).pairs == {"campus": "backup"}
        await asked.close()


async def test_a_lease_by_omapi_where_the_file_is_not_here() -> None:
    async with Dhcpd(lease=LEASE).serving() as server:
        asked = source(server)
        (lease,) = await asked.leases(LeaseQuery("10.9.0.100", by_address=True))
        assert (lease.status, lease.hardware, lease.ends_at) == (Binding.ACTIVE, "02:00:00:00:00:07", 1795890000.0)
        assert lease.host_name == "printer\N{REPLACEMENT CHARACTER}[2J"
        server.lease = None
        assert await asked.leases(LeaseQuery("10.9.0.100", by_address=True)) == []
        with pytest.raises(Refused, match="OMAPI finds no lease by printer"):
            await asked.leases(LeaseQuery("printer", by_address=False))
        with pytest.raises(Refused, match="set leases_file"):
            await anext(aiter(asked.lease_pages("leases")))
        await asked.close()


async def test_set_partner_down_changes_the_state_and_nothing_else() -> None:
    """R-150."""
    async with Dhcpd(state(local_state=3)).serving() as server:
        asked = source(server)
        await asked.act(ActionRequest(ActionName.SET_PARTNER_DOWN, "campus"))
        assert server.changes == [{"local-state": number(4)}]
        assert (await asked.poll()).facts.phase is Phase.TAKEN_OVER
        with pytest.raises(Unanswered, match="has no stop"):
            await asked.act(ActionRequest(ActionName.STOP, "campus"))
        await asked.close()


async def test_a_peer_that_the_server_does_not_have_is_named() -> None:
    async with Dhcpd(state(name=b"building")).serving() as server:
        asked = source(server)
        with pytest.raises(NoSuchPair, match='no failover peer "campus"'):
            await asked.poll()
        with pytest.raises(Refused, match='no failover peer "campus"'):
            await asked.act(ActionRequest(ActionName.SET_PARTNER_DOWN, "campus"))
        await asked.close()


@pytest.mark.parametrize(
    ("omapi", "stored"),
    [
        ("192.0.2.7", "192.0.2.7:7911"),
        ("dhcp-a.example.org:7912", "dhcp-a.example.org:7912"),
        ("[2001:db8::7]", "[2001:db8::7]:7911"),
        ("[2001:db8::7]:7912", "[2001:db8::7]:7912"),
    ],
)
def test_an_address_of_omapi(omapi: str, stored: str) -> None:
    assert IscServer(name="a", role="main", omapi=omapi).where == stored


@pytest.mark.parametrize("omapi", ["", ":7911", "a:0", "a:66000", "2001:db8::7", "a:b"])
def test_an_address_that_is_none_is_refused(omapi: str) -> None:
    with pytest.raises(ValueError, match="write HOST:PORT"):
        IscServer(name="a", role="main", omapi=omapi)


def test_the_secret_is_in_a_file(tmp_path: Path) -> None:
    table = IscServer(name="a", role="main", omapi="a", omapi_key="watch", omapi_key_file=Path("key"))
    server = table.beside(tmp_path)
    (tmp_path / "key").write_text("c2VjcmV0\n")
    key = server.key()
    assert key is not None
    assert (key.name, key.algorithm, key.secret) == ("watch", "hmac-md5", b"secret")
    (tmp_path / "key").write_text("not Base64!")
    with pytest.raises(ConfigError, match="cannot read the OMAPI key of a"):
        server.key()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"omapi": "a", "omapi_key": "watch"}, "go together"),
        ({"leases_file": "leases"}, "leases_file needs omapi"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(fields: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        IscServer.model_validate({"name": "a", "role": "main", **fields})
