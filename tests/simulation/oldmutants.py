"""Errors that the simulator has detected from the beginning."""

from tests.simulation.mutant import Mutant

KNOWN = (
    Mutant(
        "emits replies although leases were not stored",
        "dhcpserver.service.turn",
        "        leases.commit(outputs.changes)",
        "        leases.commit([lease for lease in outputs.changes if lease.address % 4])",
    ),
    Mutant(
        "emits replies although the state was not stored",
        "dhcpserver.service.turn",
        "    if outputs.record is not None:\n        state.write_record(outputs.record)",
        "    if outputs.record is not None and outputs.record.state.value != 'PARTNER-DOWN':\n"
        "        state.write_record(outputs.record)",
    ),
    Mutant(
        "leases are not limited by the lead time",
        "dhcpserver.failover.bindings.leadtime",
        "    return min(desired, mclt + max(int(latest - now), 0))",
        "    return desired",
    ),
    Mutant(
        "MCLT is missing from the lead time",
        "dhcpserver.failover.bindings.leadtime",
        "    return min(desired, mclt + max(int(latest - now), 0))",
        "    return min(desired, max(int(latest - now), 1))",
    ),
    Mutant(
        "MCLT does not count before an address is given to another client without agreement",
        "dhcpserver.failover.bindings.leadtime",
        "    return mclt + max(lease.state_exp, latest, partner_down_time)",
        "    return max(lease.state_exp, latest, partner_down_time)",
    ),
    Mutant(
        "potentials do not count before an address is given to another client without agreement",
        "dhcpserver.failover.bindings.leadtime",
        "    if not latest:\n        return lease.state_exp",
        "    if latest is not None:\n        return lease.state_exp",
    ),
    Mutant(
        "the partner's share is used at once in PARTNER-DOWN",
        "dhcpserver.failover.bindings.leadtime",
        "    return max(entered, partner_down_time + mclt)",
        "    return entered",
    ),
    Mutant(
        "the partner's share of a dynamic BOOTP scope is used in PARTNER-DOWN",
        "dhcpserver.failover.bindings.leasing",
        "        if self._settings.pool(pool).dynamic_bootp:\n            return False",
        "",
    ),
    Mutant(
        "outdated updates are accepted",
        "dhcpserver.failover.bindings.acceptance",
        "    if fits:\n        return None",
        "    if fits or not fits:\n        return None",
    ),
    Mutant(
        "an update may end a lease that is active here",
        "dhcpserver.failover.bindings.acceptance",
        "        fits = now > lease.state_exp - skew if end_sent else now >= lease.state_exp + 1",
        "        fits = True",
    ),
    Mutant(
        "an address that is given to the backup is the main's until the backup agrees",
        "dhcpserver.failover.pools.balance",
        "        self._book.set_status(lease, status, int(now))\n        self._updates.add(lease)",
        "        self._book.set_status(lease, status, int(now))\n        self._updates.add(lease)\n"
        "        lease.pool.free.add(address)",
    ),
    Mutant(
        "an address that is taken back is the main's before the backup agrees",
        "dhcpserver.failover.pools.balance",
        "        for lease in chosen:\n            self._updates.take_back(lease)",
        "        for lease in chosen:\n            self._book.set_status(lease, Status.FREE, lease.sos)\n"
        "            self._updates.add(lease)",
    ),
    Mutant(
        "ended leases are freed without the partner",
        "dhcpserver.failover.bindings.leasing",
        "        if self._alone:\n            self.due(lease, now)\n\n    def schedule",
        "        free_lease(self._book, lease, int(now))\n\n    def schedule",
    ),
    Mutant(
        "released leases are freed without the partner",
        "dhcpserver.failover.bindings.leasing",
        "        if self._alone and lease.status in PENDING:\n            self.due(lease, now)",
        "        if lease.status in PENDING:\n            free_lease(self._book, lease, int(now))",
    ),
    Mutant(
        "RECOVER-WAIT is skipped",
        "dhcpserver.failover.state.actions",
        "        until = record.time_of_failure + record.mclt if record.time_of_failure else now",
        "        until = now",
    ),
    Mutant(
        "silent states answer known clients",
        "dhcpserver.failover.pools.answering",
        "    AnswerRow(_SILENT, None, None, (N, N, N, N, N, N, N, N)),",
        "    AnswerRow(_SILENT, None, None, (N, N, K, K, N, N, N, N)),",
    ),
    Mutant(
        "load balancing ignores the buckets",
        "dhcpserver.failover.pools.answering",
        "        if hashed and belongs_to_main(key) is not self._main:",
        "        if hashed and belongs_to_main(key) is None:",
    ),
    Mutant(
        "UPDDONE does not wait for acknowledgements",
        "dhcpserver.failover.bindings.requests",
        "        return self.total is not None and self._updates.behind_barrier() == 0",
        "        return self.total is not None",
    ),
    Mutant(
        "UPDREQALL is answered like UPDREQ",
        "dhcpserver.failover.bindings.requests",
        "        mark = everything or self._sweeps.marking",
        "        mark = self._sweeps.marking",
    ),
    Mutant(
        "an acknowledgement does not clear the mark",
        "dhcpserver.failover.bindings.outgoing",
        "        lease.needs_update = False\n        if update.taken:",
        "        if update.taken:",
    ),
    Mutant(
        "the mark that an update is to be sent is not stored",
        "dhcpserver.storage.leasestore",
        "    lease.needs_update = bool(row[10] & _NEEDS_UPDATE)",
        "    lease.needs_update = False",
    ),
    Mutant(
        "updates in flight are not sent again after a lost connection",
        "dhcpserver.failover.bindings.outgoing",
        "            if update.lease.needs_update:\n                self._put(update.lease)",
        "            if update.lease.needs_update:\n                update.lease.needs_update = False",
    ),
    Mutant(
        "a shorter potential replaces a longer one",
        "dhcpserver.failover.bindings.incoming",
        "        lease.recv_pl = max(lease.recv_pl, update.potential)",
        "        lease.recv_pl = update.state_exp",
    ),
    Mutant(
        "a lost database is not detected",
        "dhcpserver.failover.state.tables",
        "        return (State.RECOVER, StartReason.LOST_DATABASE) if partner_has_record else (start, reason)",
        "        return start, reason",
    ),
    Mutant(
        "the main rejoins before the backup has acknowledged which of its addresses are leased",
        "dhcpserver.failover.bindings.exchange",
        "        return self.updates.behind_barrier() == 0",
        "        return True",
    ),
)
