"""What must hold after every event, whatever the network, the disks and the operators do.

I1 no duplicate    no address is promised to two clients at once; the one proviso is a server in PARTNER-DOWN whose
                   partner answered a client after the recorded partner-down time: then nobody can know
I3 ownership       no address is the main's and the backup's to give at the same time
I7 monotone        what was sent, acknowledged and received of a binding's potential expiration never goes back
I8 silence         silent states answer nobody
I9 convergence     left alone, both come to NORMAL, have nothing left to tell, and agree on every lease
"""

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Lease, Status
from tests.simulation.endpoints import FIRST, Reply, Server, World

_ALLOCATING = (State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE)
_SILENT = (
    State.STARTUP,
    State.RECOVER,
    State.RECOVER_WAIT,
    State.POTENTIAL_CONFLICT,
    State.PAUSED,
    State.SHUTDOWN,
)
_FREE = (Status.FREE, Status.BACKUP)
_Potentials = tuple[bytes, int, int, int]


class Invariants:
    """Watches a world; raises AssertionError on a violation.

    Attributes:
        excused: whether the proviso of I1 came true in this run.
    """

    def __init__(self, world: World, main: Server, backup: Server) -> None:
        self.world = world
        self.main = main
        self.backup = backup
        self.excused = False
        self._promises: dict[int, dict[bytes, Reply]] = {}
        self._seen = 0
        self._last_reply = {"main": 0.0, "backup": 0.0}
        self._down = {"main": float("inf"), "backup": float("inf")}
        self._potentials: dict[tuple[str, int, int], _Potentials] = {}
        world.watchers.append(self.check)

    def released(self, key: bytes) -> None:
        """A client gave its addresses back, so nothing is promised to it any more."""
        for promises in self._promises.values():
            promises.pop(key, None)

    def check(self) -> None:
        """Look at what happened since the last time."""
        self._excuse()
        self._replies()
        self._ownership()
        self._monotone()

    def _excuse(self) -> None:
        for server, partner in ((self.main, "backup"), (self.backup, "main")):
            if server.alive and server.core.state is not State.STARTUP:
                # A server that died in PARTNER-DOWN has given its promises all the same.
                down = server.core.view(self.world.now).partner_down_time
                self._down[server.name] = float("inf") if down is None else down
            if self._last_reply[partner] > self._down[server.name]:
                self.excused = True

    def _replies(self) -> None:
        for reply in self.world.replies[self._seen :]:
            server = self.main if reply.server == "main" else self.backup
            assert server.core.state not in _SILENT, f"{reply.server} answered in {server.core.state}"
            self._last_reply[reply.server] = reply.at
            self._excuse()
            promises = self._promises.setdefault(reply.address, {})
            for other in promises.values():
                if other.key != reply.key and other.until > reply.at and not self.excused:
                    raise AssertionError(f"duplicate: {reply} while {other}")
            promises[reply.key] = reply
        self._seen = len(self.world.replies)

    def _ownership(self) -> None:
        servers = (self.main, self.backup)
        if self.excused or not all(server.alive and server.core.state in _ALLOCATING for server in servers):
            return
        both = set(self.main.pool.free) & set(self.backup.pool.backup)
        assert not both, f"both may give {both}"

    def _monotone(self) -> None:
        for server in (self.main, self.backup):
            if not server.alive:
                continue
            for lease in server.book.leases.values():
                slot = (server.name, server.incarnation, lease.address)
                if lease.status in _FREE or lease.key is None:
                    self._potentials.pop(slot, None)
                    continue
                new = (lease.key, lease.sent_pl, lease.acked_pl, lease.recv_pl)
                old = self._potentials.get(slot)
                if old is not None and old[0] == new[0]:
                    assert all(now >= before for now, before in zip(new[1:], old[1:], strict=True)), f"{old} -> {new}"
                self._potentials[slot] = new

    def converged(self) -> None:
        """I9, after enough time without clients, operators and faults."""
        for server in (self.main, self.backup):
            assert server.core.state is State.NORMAL, f"{server.name} is {server.core.state}, by {server.path}"
            marked = [lease for lease in server.book.leases.values() if lease.needs_update]
            assert not marked, f"{server.name} has news left: {marked}"
        for address in range(FIRST, FIRST + self.main.size):
            ours, theirs = facts(self.main.book.get(address)), facts(self.backup.book.get(address))
            assert ours == theirs, f"{address:#x}: main {ours}, backup {theirs}"


def facts(lease: Lease | None) -> tuple[Status, bytes | None, int]:
    """What both servers must agree on."""
    if lease is None or lease.status in _FREE:
        return (Status.FREE if lease is None else lease.status, None, 0)
    return (lease.status, lease.key, lease.state_exp)
