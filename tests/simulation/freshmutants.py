"""Errors that a tired engineer would write. docs/mutation.md has which of them is detected by what."""

from tests.simulation.mutant import Mutant

_FAILOVER = "dhcpserver.failover."
_OUTGOING = _FAILOVER + "bindings.outgoing"
_INCOMING = _FAILOVER + "bindings.incoming"
_ACCEPTANCE = _FAILOVER + "bindings.acceptance"
_LEASING = _FAILOVER + "bindings.leasing"
_MACHINE = _FAILOVER + "state.machine"

FRESH = (
    Mutant(
        "an acknowledgement for the former client counts for the new one",
        _OUTGOING,
        "        if lease.key == update.key and lease.status is update.status",
        "        if lease.status is update.status",
    ),
    Mutant(
        "the time of failure is the last contact",
        _FAILOVER + "state.startup",
        "float(stored.last_operational if stored else 0)",
        "float(stored.last_contact if stored else 0)",
    ),
    Mutant(
        "the partner's share is used while it rejoins",
        _MACHINE,
        "NEVER if self._rejoining else record.partner_down_time",
        "record.partner_down_time",
    ),
    Mutant(
        "a RELEASE that names the other server is ignored in PARTNER-DOWN",
        "dhcpserver.service.dhcp4",
        "not named_here and self._partnership.answers(MessageKind.NAMED, query.key).own_pool_only:",
        "not named_here:",
    ),
    Mutant(
        "a lease of another client is replaced by any update",
        _ACCEPTANCE,
        "        if update.key == lease.key:\n            return None",
        "        if update is not None:\n            return None",
    ),
    Mutant(
        "an update with an earlier end shortens this server's own lease",
        _INCOMING,
        "                end = max(end, lease.state_exp)",
        "                end = min(end, lease.state_exp)",
    ),
    Mutant(
        "the backup sends no pool request",
        _FAILOVER + "pools.sharing",
        "            else:\n                self._send_request(now)",
        "            else:\n                pass",
    ),
    Mutant(
        "no check of the shares on entry to NORMAL",
        _FAILOVER + "pools.sharing",
        "            if self._settings.main:\n                self._check(self._shared())\n"
        "            else:\n                self._timers.set(Timer.POOL_REQUEST, now)",
        "            if not self._settings.main:\n                self._timers.set(Timer.POOL_REQUEST, now)",
    ),
    Mutant(
        "no lease is ever longer than MCLT",
        _FAILOVER + "bindings.leadtime",
        "    return min(desired, mclt + max(int(latest - now), 0))",
        "    return min(desired, mclt)",
    ),
    Mutant(
        "the main answers no new client in NORMAL",
        _FAILOVER + "pools.answering",
        "    AnswerRow(_NORMAL, True, False, (Y, Y, K, K, K, Y, Y, Y)),",
        "    AnswerRow(_NORMAL, True, False, (N, Y, K, K, K, Y, Y, Y)),",
    ),
    Mutant(
        "RECOVER-WAIT counts the present MCLT alone",
        _FAILOVER + "state.actions",
        "        until = record.time_of_failure + record.mclt if record.time_of_failure else now",
        "        until = record.time_of_failure + self._settings.mclt if record.time_of_failure else now",
    ),
    Mutant(
        "a lease expires at its end, without grace for the partner's clock",
        _LEASING,
        "max(settings.grace(pool), MINIMUM_GRACE)",
        "settings.grace(pool)",
    ),
    Mutant(
        "a STATE of a starting partner changes the state",
        _FAILOVER + "state.contact",
        "        elif not starting:\n            machine.apply_report",
        "        else:\n            machine.apply_report",
    ),
    Mutant(
        "addresses that were to be taken back are forgotten after a lost connection",
        _OUTGOING,
        "        for lease in self._takes.values():\n            self._put(lease)\n",
        "",
    ),
    Mutant(
        "promises stay when a lease is freed",
        _FAILOVER + "bindings.freeing",
        "    lease.state_exp = lease.sent_pl = lease.acked_pl = lease.recv_pl = lease.preferred = 0",
        "    lease.state_exp = 0",
    ),
    Mutant(
        "the promises to the former client count for the partner's new one",
        _INCOMING,
        "                lease.sent_pl = lease.acked_pl = lease.recv_pl = 0\n            book.set_client",
        "                pass\n            book.set_client",
    ),
    Mutant(
        "the time of a client's last transaction is not recorded",
        "dhcpserver.service.bindings",
        "        lease.bootp = False\n        lease.cltt = at",
        "        lease.bootp = False",
    ),
    Mutant(
        "a partner without records is not assumed to have extended its leases",
        _FAILOVER + "bindings.requests",
        "        hold = everything and not self._held",
        "        hold = False",
    ),
    Mutant(
        "MCLT in PARTNER-DOWN counts from the beginning of time",
        _FAILOVER + "state.actions",
        "partner_down_time=int(down)",
        "partner_down_time=1",
    ),
    Mutant(
        "a server that was apart ignores that its partner is in PARTNER-DOWN",
        _FAILOVER + "state.tables",
        "        _INT: TransitionRule(_NORM),\n        _DOWN: TransitionRule(_CONF),",
        "        _INT: TransitionRule(_NORM),\n        _DOWN: TransitionRule(_NORM),",
    ),
    Mutant(
        "a server that failed before the takeover counts as still running",
        _FAILOVER + "state.tables",
        "        if partner_since >= time_of_failure and",
        "        if partner_since < time_of_failure and",
    ),
    Mutant(
        "an address that is offered is given to the partner",
        _INCOMING,
        '                return UpdateRefusal(Reject.OUTDATED, "the address is offered to a client")',
        "                pass",
    ),
    Mutant(
        "the update window of the partner is ignored",
        _OUTGOING,
        "len(self._sent) < self.window",
        "len(self._sent) < 1000",
    ),
    Mutant(
        "a client gets the address that another client has",
        _LEASING,
        "            return lease.key == key\n",
        "            return True\n",
    ),
    Mutant(
        "no state is stored at the end of STARTUP",
        _FAILOVER + "state.currentrecord",
        "        self._in_startup = False\n        self._resumed",
        "        self._resumed",
    ),
    Mutant(
        "the safe period counts from the last look at it",
        _FAILOVER + "state.safeperiod",
        "        if self._since is None:\n            self._since = since",
        "        if True:\n            self._since = since",
    ),
    Mutant(
        "an expired lease is given to another client at its end in PARTNER-DOWN",
        _LEASING,
        "        return self._alone and now >= usable_at(",
        "        return self._alone or now >= usable_at(",
    ),
    Mutant(
        "an update request is answered before the updates are acknowledged by name",
        _OUTGOING,
        "        return (self._barrier or 0) + len(self._barrier_xids)",
        "        return self._barrier or 0",
    ),
    Mutant(
        "a reset ends a lease that the partner has no record of",
        _ACCEPTANCE,
        " or _reset_without_the_lease(lease, update):",
        ":",
    ),
    Mutant(
        "the partner's former share is used at once after an exchange of the roles",
        _FAILOVER + "state.startup",
        "record = replace(record, time_of_failure=other_role.out_of_relationship or int(now))",
        "pass",
    ),
    Mutant(
        "an old copy of the store is not recognised",
        _FAILOVER + "state.copies",
        "            older = not announced and is_older_copy(",
        "            older = announced and is_older_copy(",
    ),
    Mutant(
        "the record of an old copy stays if it is later by its time",
        _ACCEPTANCE,
        "fits = (recovering and unchanged) or _later(",
        "fits = _later(",
    ),
)
