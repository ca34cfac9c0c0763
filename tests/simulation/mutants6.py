"""Errors of what DHCPv6 adds: parity, delegated prefixes, identity associations, the second family of messages.

Only the seeds with DHCPv6 can show them, which are the odd ones.
"""

from tests.simulation.mutant import Mutant

_FAILOVER = "dhcpserver.failover."
_LEASING = _FAILOVER + "bindings.leasing"
_OUTGOING = _FAILOVER + "bindings.outgoing"
_REQUESTS = _FAILOVER + "bindings.requests"
_V6 = "dhcpserver.service.v6."
_ASSOCIATIONS = _V6 + "associations"
_CHOICE = _V6 + "choice"
_POOL = "dhcpserver.leases.pool"

DHCPV6 = (
    Mutant(
        "parity is that of the former role after an exchange of the roles",
        _LEASING,
        "        own, other = (pool.free, pool.backup) if self._main else (pool.backup, pool.free)",
        "        former = self._exchanged and not pool.balanced\n"
        "        own, other = (pool.free, pool.backup) if self._main is not former else (pool.backup, pool.free)",
    ),
    Mutant(
        "addresses of the partner's parity are given in PARTNER-DOWN",
        _LEASING,
        "        if not pool.balanced:\n"
        "            return False  # The partner's parity is never used (RFC 8156 section 4.2.2.2).\n",
        "",
    ),
    Mutant(
        "every address is exempt from parity",
        _POOL,
        "        return self.identifiers and bool(key & UNIVERSAL)",
        "        return True",
    ),
    Mutant(
        "an address that is free again is the main's, whatever its parity",
        _FAILOVER + "bindings.freeing",
        "    book.set_status(lease, lease.pool.at_rest(lease.address), since)",
        "    book.set_status(lease, Status.FREE, since)",
    ),
    Mutant(
        "the partner's share of prefixes is used in NORMAL",
        _CHOICE,
        "        for free in self._partnership.sources(pool, now):",
        "        for free in (pool.free, pool.backup):",
    ),
    Mutant(
        "a reserved prefix is in the share of the main",
        _POOL,
        "        for key in reserved:\n            self.free.discard(key)\n",
        "",
    ),
    Mutant(
        "an ended prefix is free without the partner",
        _LEASING,
        "        if self._alone:\n            self.due(lease, now)\n\n    def schedule",
        "        if self._alone:\n            self.due(lease, now)\n        elif lease.pool.kind.value == 'prefix':\n"
        "            free_lease(self._book, lease, int(now))\n\n    def schedule",
    ),
    Mutant(
        "the backup's share of prefixes is that of the addresses",
        _FAILOVER + "settings",
        "        if self.load_balancing or pool.kind is Kind.PREFIX:",
        "        if self.load_balancing:",
    ),
    Mutant(
        "the backup requests no prefixes, and the main gives none by itself",
        _FAILOVER + "pools.sharing",
        "            if pool.balanced and pool.kind in self._carried and kind in (None, pool.kind):",
        "            if pool.kind is Kind.ADDRESS4 and kind in (None, pool.kind):",
    ),
    Mutant(
        "MCLT does not limit delegated prefixes",
        _ASSOCIATIONS,
        "        seconds = self._partnership.lease_seconds(lease, plan.valid, now)\n        end = FOREVER",
        "        seconds = self._partnership.lease_seconds(lease, plan.valid, now)\n"
        "        seconds = plan.valid if ia.kind is IAKind.PD else seconds\n        end = FOREVER",
    ),
    Mutant(
        "the preferred lifetime is longer than the valid one",
        _ASSOCIATIONS,
        "        preferred = min(plan.preferred, seconds)\n",
        "        preferred = plan.preferred\n",
    ),
    Mutant(
        "the end that is stored is the earlier one when a lease is extended",
        _ASSOCIATIONS,
        "            end = max(end, lease.state_exp)",
        "            end = min(end, lease.state_exp)",
    ),
    Mutant(
        "a client's address that the server does not know is confirmed in a RENEW",
        _ASSOCIATIONS,
        "                yield _lease(key, 0, 0)",
        "                yield _lease(key, plan.preferred, plan.valid) if kept else _lease(key, 60, 60)",
    ),
    Mutant(
        "a lease whose end the partner may have agreed to is extended",
        _ASSOCIATIONS,
        '        return self._partnership.may_give(lease, lease.key or b"", now)',
        '        return lease.status in PENDING or self._partnership.may_give(lease, lease.key or b"", now)',
    ),
    Mutant(
        "a release is not sent to the partner",
        _ASSOCIATIONS,
        "                self._partnership.changed(lease, now)\n        return ended",
        "        return ended",
    ),
    Mutant(
        "a decline is not sent to the partner",
        _ASSOCIATIONS,
        "            self._partnership.changed(lease, now)\n            self._notices",
        "            self._notices",
    ),
    Mutant(
        "the IAID of a client is ignored",
        _V6 + "query",
        '    return bytes((ia.kind,)) + ia.iaid.to_bytes(4, "big")',
        "    return bytes((ia.kind, 0, 0, 0, 1))",
    ),
    Mutant(
        "IA_NA and IA_TA of one IAID are one association",
        _V6 + "query",
        '    return bytes((ia.kind,)) + ia.iaid.to_bytes(4, "big")',
        '    return bytes((3 if ia.kind == 4 else ia.kind,)) + ia.iaid.to_bytes(4, "big")',
    ),
    Mutant(
        "rapid commit answers without a lease",
        _V6 + "dhcp6",
        "        packed = self._assign(query, link, now, commit=at_once)",
        "        packed = self._assign(query, link, now, commit=False)",
    ),
    Mutant(
        "CONFIRM is answered that the addresses are not on the link",
        _V6 + "dhcp6",
        "        fits = all(link.on_link(address) for address in asked)",
        "        fits = not all(link.on_link(address) for address in asked)",
    ),
    Mutant(
        "RENEW ends what the client has in its other prefixes",
        _ASSOCIATIONS,
        "                kept.add(lease.address)\n",
        "                kept = {lease.address}\n",
    ),
    Mutant(
        "an address that is leased is used again when the prefix is full",
        "dhcpserver.leases.freeset",
        "        self._rested.pop(key, None)\n",
        "",
    ),
    Mutant(
        "updates of prefixes are acknowledged as addresses",
        "dhcpserver.wire.failover6_bindings",
        '    data = _client_data(update.address, update.client_id, update.ia, 0, 0, inside, b"")',
        "    address = ADDRESS_KEY << ADDRESS_BITS | update.address & (1 << ADDRESS_BITS) - 1\n"
        '    data = _client_data(address, update.client_id, update.ia, 0, 0, inside, b"")',
    ),
    Mutant(
        "the IAID is not sent to the partner",
        _OUTGOING,
        '            ia = lease.ia if client_id is not None else b""',
        '            ia = lease.ia[:1] + bytes(4) if client_id is not None else b""',
    ),
    Mutant(
        "the identity association of a stored lease is not read",
        "dhcpserver.storage.leasestore",
        "            lease.key = client_key(lease.client_id, lease.hardware, ia)",
        "            lease.key = client_key(lease.client_id, lease.hardware)",
    ),
    Mutant(
        "UPDDONE of DHCPv6 is not sent",
        _REQUESTS,
        "        for family, xid in request.xids.items():",
        "        for family, xid in [each for each in request.xids.items() if each[0] == 4]:",
    ),
    Mutant(
        "UPDREQALL is answered without the leases of DHCPv6",
        _FAILOVER + "bindings.sweeps",
        "        self._addresses = list(book.leases)\n",
        "        self._addresses = [address for address in book.leases if address < 1 << 32]\n",
    ),
    Mutant(
        "leases of DHCPv6 are sent to a partner that has none",
        _OUTGOING,
        "            if lease.pool.kind not in self._carried:",
        "            if lease.pool.kind not in self._carried and not self._carried:",
    ),
)
