"""The updates that add and remove the records of a client (RFC 2136, RFC 4703), sent to one DNS server with its backup.

    name      first, if the name is not in use: address and DHCID
              else, if it has the DHCID of this client: the address instead of its former ones
              else it belongs to another client: a conflict, and nothing changes
    removal   if it has the DHCID of this client: the address; then, if no address is left, the DHCID
    PTR       instead of all others; removed if it names this client

Updates go by TCP, signed with the key of the configuration (RFC 8945).
"""

from collections.abc import Callable

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.update

from dhcpserver.config.classes.dns_update import DnsUpdateConfig, Key
from dhcpserver.runtime.outlet import Batch, NotDeliveredError
from dhcpserver.service.dns.follower import DnsChange

Rcode = dns.rcode.Rcode
_REFUSED = (Rcode.REFUSED, Rcode.NOTAUTH, Rcode.NOTZONE, Rcode.FORMERR, Rcode.NOTIMP)
"""Answers that the same update would get again."""


class DnsCarrier:
    """Sends the changes for one configuration.

    `accepted` gets each change that the DNS server has; `conflict` each whose name belongs to another client.
    """

    def __init__(
        self,
        config: DnsUpdateConfig,
        key: Key | None,
        timeout: float,
        accepted: Callable[[DnsChange], None],
        conflict: Callable[[DnsChange], None],
    ) -> None:
        self._config = config
        self._timeout = timeout
        self._accepted = accepted
        self._conflict = conflict
        addresses = (config.server_addr, config.backup_server_addr)
        self._servers = [str(each) for each in addresses if each is not None]
        self._key = None
        if key is not None:
            ring = dns.tsigkeyring.from_text({key.name: (key.algorithm, key.secret.get_secret_value())})
            (self._key,) = ring.values()

    def send(self, batch: Batch) -> None:
        """See Carrier. A change that is sent again after a lost answer changes nothing."""
        for event in batch.events:
            self._carry_out(DnsChange(**event))

    def close(self) -> None:
        """See Carrier. Connections are closed after each update."""

    def _carry_out(self, change: DnsChange) -> None:
        if change.reverse:
            self._pointer(change)
        elif change.add:
            self._add(change)
        else:
            self._remove(change)

    def _add(self, change: DnsChange) -> None:
        kind, owner = _kind(change), _absolute(change.owner)
        dhcid = _dhcid(change)
        update = self._update(change)
        if self._config.use_dns_update_prereqs:
            update.absent(owner)
        else:
            update.delete(owner, kind)
            update.delete(owner, "DHCID")
        update.add(owner, self._config.ttl, kind, change.address)
        update.add(owner, self._config.ttl, dhcid)
        answer = self._sent(update, Rcode.YXDOMAIN)
        if answer == Rcode.YXDOMAIN:
            update = self._update(change)
            update.present(owner, dhcid)
            update.delete(owner, kind)
            update.add(owner, self._config.ttl, kind, change.address)
            answer = self._sent(update, Rcode.NXRRSET)
        if answer == Rcode.NXRRSET:
            self._conflict(change)
        else:
            self._accepted(change)

    def _remove(self, change: DnsChange) -> None:
        kind, owner = _kind(change), _absolute(change.owner)
        dhcid = _dhcid(change)
        update = self._update(change)
        if self._config.use_dns_update_prereqs:
            update.present(owner, dhcid)
        update.delete(owner, kind, change.address)
        if self._sent(update, Rcode.NXRRSET) == Rcode.NXRRSET:
            return
        update = self._update(change)
        update.present(owner, dhcid)
        update.absent(owner, "A")
        update.absent(owner, "AAAA")
        update.delete(owner, "DHCID")
        self._sent(update, Rcode.NXRRSET, Rcode.YXRRSET)

    def _pointer(self, change: DnsChange) -> None:
        owner, name = _absolute(change.owner), _absolute(change.name)
        pointer = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.PTR, name.to_text())
        update = self._update(change)
        if change.add:
            update.delete(owner, "PTR")
            update.add(owner, self._config.ttl, pointer)
            self._sent(update)
            self._accepted(change)
        else:
            update.present(owner, pointer)
            update.delete(owner, pointer)
            self._sent(update, Rcode.NXRRSET)

    def _update(self, change: DnsChange) -> dns.update.UpdateMessage:
        return dns.update.UpdateMessage(_absolute(change.zone), keyring=self._key)

    def _sent(self, update: dns.update.UpdateMessage, *expected: Rcode) -> Rcode:
        """Send an update; return the answer, which is NOERROR or one of the expected ones. Raises NotDeliveredError."""
        reason = ""
        for server in self._servers:
            try:
                answer = dns.query.tcp(update, server, timeout=self._timeout, port=self._config.port)
            except (dns.exception.DNSException, OSError, EOFError) as error:
                reason = reason or f"{server}: {_text(error)}"
                continue
            rcode = answer.rcode()
            if rcode == Rcode.NOERROR or rcode in expected:
                return rcode
            text = f"{server} answers {dns.rcode.to_text(rcode)} for zone {update.zone[0].name}"
            if rcode in _REFUSED:
                raise NotDeliveredError(text, refused=True)
            reason = reason or text
        raise NotDeliveredError(reason)


def _kind(change: DnsChange) -> str:
    return "AAAA" if ":" in change.address else "A"


def _absolute(name: str) -> dns.name.Name:
    return dns.name.from_text(name)


def _dhcid(change: DnsChange) -> dns.rdata.Rdata:
    """Return the DHCID record."""
    return dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.DHCID, change.dhcid, 0, len(change.dhcid))


def _text(error: BaseException) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return str(error) or type(error).__name__
