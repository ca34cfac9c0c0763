"""Service without failover."""

from dhcpserver.failover.partnership import Standalone
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.leases.lease import Status, client_key
from tests.failover.books import DAY, HOUR, MAC, NOW, book, bound


def test_without_failover_a_server_gives_all_addresses() -> None:
    """R-045: standalone service; leases are marked for a later partner."""
    subject = book()
    alone = Standalone(subject, {"scope": 300})
    pool = subject.pools["scope"]
    key = client_key(None, MAC)
    assert alone.answers(MessageKind.NEW, key).answer
    assert alone.sources(pool, NOW)[0] is pool.free
    assert alone.lease_seconds(None, DAY, NOW) == DAY
    lease = bound(subject, 0)
    alone.granted(lease, HOUR, NOW)
    assert lease.needs_update
    assert subject.due(NOW + HOUR + 299, 10) == []
    (due,) = subject.due(NOW + HOUR + 300, 10)
    alone.due(due, NOW + HOUR + 300)
    assert lease.status is Status.FREE
    assert alone.may_give(lease, key, NOW + DAY)
