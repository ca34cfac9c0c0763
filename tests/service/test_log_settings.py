"""The log settings of a server: what each adds or leaves out, beside any other one."""

import pytest

from dhcpserver.contract.messages import ADDRESS_CONFLICT, FAILOVER_ENABLED
from dhcpserver.contract.words import StateCause
from dhcpserver.failover.effects import LogLine
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.states import State
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import CONFIGURATION, Site, normal
from tests.failover.scripted import stored_record

UPDATE, LIMITED, DROPPED = 18106, 18116, 18110


def configured(*settings: str) -> str:
    quoted = ", ".join(f'"{each}"' for each in settings)
    return CONFIGURATION.replace('name = "a"\n', f'name = "a"\nlog-settings = [{quoted}]\n', 1)


def numbers_of_a_lease(*settings: str) -> set[int]:
    """Which of the lines of an update and of a shortened lease a server writes."""
    site = normal(configured(*settings))
    offer = site.client(1, MessageType.DISCOVER)
    assert offer is not None
    requested = (50, offer.yiaddr.to_bytes(4, "big"))
    assert site.client(1, MessageType.REQUEST, requested, (54, offer.options[54])) is not None
    return {line.id for line in site.out.lines} & {UPDATE, LIMITED}


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        (("default",), set()),
        (("client-detail",), {LIMITED}),
        (("failover-detail",), {UPDATE}),
        (("client-detail", "failover-detail"), {LIMITED, UPDATE}),
        (("failover-detail", "client-detail", "default"), {LIMITED, UPDATE}),
    ],
)
def test_failover_detail_adds_lines_and_replaces_no_other_setting(settings: tuple[str, ...], found: set[int]) -> None:
    """R-234: each update is a line, whatever other settings there are."""
    assert numbers_of_a_lease(*settings) == found


@pytest.mark.parametrize(("settings", "count"), [(("default",), 1), (("no-failover-activity",), 0)])
def test_no_failover_activity_leaves_out_the_messages_that_the_partner_answers(
    settings: tuple[str, ...], count: int
) -> None:
    """R-235: for both families, the DISCOVER is dropped all the same."""
    text = configured(*settings).replace('name = "a"', 'name = "b"', 1)
    site = Site(text, stored_record(State.NORMAL, False))
    assert site.core.endpoint is not None
    site.core.endpoint._machine.enter(State.NORMAL, site.now, "test", StateCause.START)
    assert site.client(1, MessageType.DISCOVER) is None
    assert [line.id for line in site.out.lines].count(DROPPED) == count
    assert site.core.counters.dropped == {"failover": 1}


@pytest.mark.parametrize(("settings", "found"), [((), [18109, 4092]), (("no-failover-conflict",), [4092])])
def test_no_failover_conflict_leaves_out_conflicts_alone(settings: tuple[str, ...], found: list[int]) -> None:
    """R-235."""
    outbox = Outbox(frozenset(settings))
    outbox.log(ADDRESS_CONFLICT, address="192.0.2.7", ours="1", theirs="2", resolution="kept")
    values = {"main": "a", "backup": "b", "mclt": 1, "backup_pct": 50, "dynamic_bootp_backup_pct": 0}
    outbox.log(FAILOVER_ENABLED, **values, in_use="enabled", safe_period=1)
    assert [each.id for each in outbox.take() if isinstance(each, LogLine)] == found
