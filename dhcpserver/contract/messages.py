"""The catalogue of the log: every message of the server, with its number, level, text and meaning for an operator.

A line of the log is made from a row of this catalogue and from nothing else. docs/log-messages.md and the console's
explanations are made from it too. A number has one meaning; it can have several texts, and a level for each.

04092 is the product's; the others are our own: 18100 to 18199 failover, 18200 to 18299 the server, 18300 to 18399 its
storage.
"""

from dataclasses import dataclass
from typing import Literal

from dhcpserver.contract.meanings import MEANINGS

Level = Literal["Error", "Warning", "Info", "Activity"]

DETAIL = "failover-detail"
CONFLICT = "failover-conflict"
ACTIVITY = "failover-activity"
CLIENT_DETAIL = "client-detail"


@dataclass(frozen=True, slots=True)
class Message:
    """One text of the log.

    Attributes:
        number: five digits in the log.
        text: a format string; its fields are the values of a line.
        setting: the log setting that controls it; None if it is always written.
    """

    number: int
    level: Level
    text: str
    setting: str | None = None

    @property
    def meaning(self) -> str:
        """What an operator should know of it."""
        return MEANINGS[self.number]


# Failover

FAILOVER_ENABLED = Message(
    4092,
    "Info",
    "Failover is enabled server-wide. Main server name: '{main}', backup server name: '{backup}', mclt = {mclt}, "
    "backup-pct = {backup_pct}, dynamic-bootp-backup-pct = {dynamic_bootp_backup_pct}, use-safe-period: {in_use}, "
    "safe-period = {safe_period}.",
)
STATE_CHANGED = Message(
    18100, "Info", "Failover pair '{pair}' ({role}): state {old} -> {new}, reason {reason}, partner state {partner}."
)
CONTACT_LOST = Message(
    18101, "Warning", "Failover pair '{pair}': contact with partner {partner} lost ({cause}); safe period {ends}."
)
CONTACT_ESTABLISHED = Message(
    18102,
    "Info",
    "Failover pair '{pair}': contact with partner established over {family} from {local} to {remote} in {ms:.0f} ms.",
)
MISMATCH = Message(
    18103, "Error", "Failover pair '{pair}': configuration mismatch with partner: {kind} ({difference})."
)
SAFE_PERIOD_OVER = Message(
    18104,
    "Warning",
    "Failover pair '{pair}' entered PARTNER-DOWN automatically after safe period {seconds} s; partner pool usable in "
    "{usable_in:.0f} s.",
)
PARTNER_SET_DOWN = Message(
    18105,
    "Warning",
    "Failover pair '{pair}' entered PARTNER-DOWN by operator {operator}, partner last operational {date} ({source}).",
)
UPDATE_SENT = Message(
    18106,
    "Activity",
    "{update} sent xid {xid} lease {address} status {status} expires {expires} potential {potential}.",
    DETAIL,
)
UPDATE_ACKNOWLEDGED = Message(
    18107, "Activity", "{acknowledgement} received xid {xid} lease {address} ({result}).", DETAIL
)
UPDATE_REFUSED = Message(18107, "Warning", "{acknowledgement} received xid {xid} lease {address} ({result}).")
UPDATE_RECEIVED = Message(
    18108,
    "Activity",
    "{update} received xid {xid} lease {address} status {status} expires {expires} potential {potential}; "
    "{acknowledgement} sent ({result}).",
    DETAIL,
)
ADDRESS_CONFLICT = Message(
    18109, "Warning", "Address conflict on {address}: we have {ours}, partner has {theirs}; {resolution}.", CONFLICT
)
DROPPED = Message(18110, "Activity", "Dropped {kind} from {client}: {reason}.", ACTIVITY)
MORE_DROPPED = Message(
    18110, "Activity", "Dropped {count} more client messages, not logged one by one: {reason}.", ACTIVITY
)
ADDRESSES_MOVED = Message(
    18111,
    "Info",
    "Pool request: scope {scope} available {available} other-available {other} wanted {wanted} moved {moved}.",
)
FREE_LOW = Message(
    18112,
    "Warning",
    "Scope {scope}: {free} of {configured} addresses are free, at or below the low threshold of {threshold} %.",
)
RECOVERY_STARTED = Message(18113, "Info", "Recovery: {request} started.")
RECOVERY_ASKED = Message(18113, "Info", "Recovery: the partner's {request} started.")
RECOVERY_DONE = Message(18113, "Info", "Recovery: {request} done in {seconds:.0f} s, {leases} leases.")
RECOVERY_ANSWERED = Message(
    18113, "Info", "Recovery: the partner's {request} {total} of {total} done in {seconds:.0f} s."
)
RECOVERY_PROGRESS = Message(18113, "Info", "Recovery: {request} {direction}, {done} leases.")
RECOVERY_LEFT = Message(18113, "Info", "Recovery: {pending} updates left for the partner.")
WAITING_MCLT = Message(18114, "Info", "Waiting MCLT: {seconds:.0f} s left (time of failure {failed} + {mclt}).")
TIME_SKEW = Message(18115, "Error", "Failover pair '{pair}': {difference}; connection dropped.")
LEASE_LIMITED = Message(
    18116,
    "Warning",
    "Lease for {client} of {address} limited to {seconds} s (wanted {desired}): {cause}.",
    CLIENT_DETAIL,
)
SYNCHRONISED = Message(
    18117,
    "Info",
    "Failover sync {operation} {direction} by {operator}: +{added} ~{replaced} -{removed}; save and reload of {target} "
    "required.",
)
SAFE_PERIOD_SWITCHED = Message(
    18120, "Warning", "Failover pair '{pair}': safe period switched {switched} by operator {operator}."
)
STOPPED_IN_RECOVER = Message(
    18121,
    "Warning",
    "Failover pair '{pair}' is stopped in RECOVER; the partner has to send its leases again.",
)
FAILOVER_DISABLED = Message(
    18122,
    "Warning",
    "Failover is disabled on this server and was enabled before: the server serves alone from now on. When failover is "
    "enabled again, the server resumes in PARTNER-DOWN and sends all bindings to the partner.",
)
TWO_ADDRESSES = Message(
    18123,
    "Warning",
    "Client {client} holds {one} and {two} of scope {scope}; it last used {latest}{bootp}.",
    CONFLICT,
)
SAFE_PERIOD_SET = Message(
    18124, "Warning", "Failover pair '{pair}': safe period set to {seconds} s by operator {operator}."
)
REBALANCING = Message(18125, "Info", "Rebalancing by operator {operator}: {moves} addresses move.")

CLOCK_STEP = Message(
    18126,
    "Warning",
    "The clock of this server was set {direction} by {seconds:.1f} s. Intervals go on unchanged; leases and stored "
    "times are compared with the new time. Check the time source of this server.",
)
FREE_HIGH = Message(
    18127,
    "Info",
    "Scope {scope}: {free} of {configured} addresses are free, at or above the high threshold of {threshold} %.",
)

OLDER_COPY = Message(
    18128,
    "Error",
    "Failover pair '{pair}': the store of this server is an older copy: the partner has received later leases from it. "
    "This server requests all leases and serves no client until MCLT has passed.",
)

PARTNER_OLDER_COPY = Message(
    18135,
    "Warning",
    "Failover pair '{pair}': the store of the partner is an older copy: it has acknowledged later leases than it has. "
    "It was asked to recover, and serves no client until MCLT has passed.",
)

TIME_REFUSED = Message(
    18129,
    "Error",
    "Failover pair '{pair}': a binding update of the partner was refused: {cause}. Check the clocks of both servers.",
)
NOT_ESTABLISHED = Message(
    18130,
    "Warning",
    "Failover pair '{pair}': a connection with {remote} ended before it was established: {cause}{more}.",
)

ADDRESS_IN_USE = Message(
    18131,
    "Warning",
    "Address {address} answered a probe: a client uses it that this server does not know. It is unavailable.",
)
PROBING = Message(
    18132,
    "Warning",
    "Failover pair '{pair}': the partner was set down in RECOVER by operator {operator}. Leases of the partner may be "
    "unknown here; until {until} every address is probed before it is given to a new client.",
)

ROLE_EXCHANGED = Message(
    18133,
    "Warning",
    "Failover pair '{pair}': this server was the backup before this start, and has no contact as the main. Addresses "
    "that its partner may have leased are not given to new clients for {seconds:.0f} s, which is MCLT.",
)

CLIENTS_IN_VAIN = Message(
    18134,
    "Warning",
    "Failover pair '{pair}': {count} clients that the partner answers ask again and again, and it has given no lease "
    "meanwhile. It may not receive the packets of its clients{more}.",
)

# The server

STARTED = Message(18200, "Info", "Server '{name}' {version} started.")
LEASES_LEFT_OUT = Message(
    18201, "Warning", "{count} stored leases belong to no scope; they stay stored and are not used."
)
STOPPED = Message(18202, "Info", "Server '{name}' stopped.")
NOT_RELOADED = Message(18203, "Error", "Not reloaded: {reason}")
API_WITHOUT_TLS = Message(18204, "Warning", "The API on {address} port {port} is without TLS (allow-plain).")
READABLE_SECRET = Message(18205, "Warning", "Other users can read {path}, which has {what}; chmod 600 it.")
STOPPED_BY_OPERATOR = Message(18206, "Info", "Stopped for {absence} by {operator}.")
CANNOT_RECEIVE = Message(18208, "Error", "Cannot receive packets of clients on {listener}: {reason}.")
RECEIVES_AGAIN = Message(18209, "Info", "Packets of clients are received on {listener} again.")
LOGIN_FAILED = Message(18207, "Warning", "{event}")

# Clients and relays, at most one line a minute for each subject

NO_ADDRESS = Message(18220, "Warning", "No address is free in {scopes} for client {client}{more}.")
NO_SCOPE = Message(18221, "Warning", "No scope serves the clients of relay {relay}: the request was dropped{more}.")
OFFERS_YIELD = Message(
    18222,
    "Warning",
    "Scope '{scope}': all free addresses were offered to clients that did not request them. The next client got the "
    "oldest of these offers{more}.",
)
OFFERS_UNTAKEN = Message(
    18237,
    "Warning",
    "Scope '{scope}': {count} offers in a minute ended, and their clients did not request them{more}.",
)
NAMELESS = Message(
    18223, "Warning", "A client without hardware address and client identifier was not answered{more}; relay {relay}."
)
TWO_MACHINES = Message(
    18224,
    "Warning",
    "Client identifier {identifier} has the address {address} with hardware address {before} and now {after}{more}.",
)
MUST_LEAVE = Message(18225, "Info", "Client {client} must leave {address}: {reason}{more}.")
NOT_EXTENDED = Message(18232, "Info", "The lease of {address} for {client} is not extended: {reason}{more}.")
DECLINES_LIMITED = Message(
    18226,
    "Warning",
    "Declines from {port} are ignored: more than {limit} in a minute. The last one was for {address}{more}.",
)
NEW_CLIENTS_LIMITED = Message(
    18228, "Warning", "New clients of {port} are not answered: more than {limit} in a minute{more}."
)
QUERIES_LIMITED = Message(
    18238, "Warning", "Lease queries of relay {relay} are not answered: more than {limit} in a minute{more}."
)
ABANDONED_REUSED = Message(
    18227, "Warning", "Scope '{scope}': no address is free; {address}, which was declined, is used again{more}."
)
NOT_PROBED = Message(18229, "Warning", "Scope '{scope}': an address was offered without a probe: {reason}{more}.")
OPTIONS_LEFT_OUT = Message(
    18210,
    "Warning",
    "{reply} to {client} is as long as the client accepts; left out: {options}.",
    "missing-options",
)
MORE_OPTIONS_LEFT_OUT = Message(
    18210, "Warning", "{count} further replies had options left out in this second.", "missing-options"
)

NOT_SENT = Message(18231, "Warning", "A reply to {to} could not be sent: {reason}{more}.")
LEASE_EVENT = Message(
    18230,
    "Info",
    "{address} {event}: hardware {hardware}, identifier {client_id}, host name {host_name}, option 82 "
    "{relay_agent_info}, until {until}.",
)
DECLINED = Message(
    18236,
    "Warning",
    "Address {address} was declined by {client}: it is in use. It is unavailable for {seconds} s{more}.",
)
NO_LINK6 = Message(18239, "Warning", "No prefix has the link of {relay}: a DHCPv6 message was dropped{more}.")
NO_ADDRESS6 = Message(
    18240, "Warning", "Nothing is free in prefixes {prefixes} for an identity association IA_{kind}{more}."
)
QUERIES_REFUSED = Message(18241, "Warning", "A connection of {source} for bulk lease queries was refused: {reason}.")
USE_MULTICAST = Message(
    18242, "Info", "Client {client} sent {kind} to the address of the server; the answer was UseMulticast{more}."
)
RECONFIGURING = Message(18243, "Info", "RECONFIGURE ({kind}) is sent to the clients of {whom} for {operator}{more}.")
NOT_RECONFIGURED = Message(18244, "Warning", "Client {client} did not answer RECONFIGURE{more}.")
DROPPED6 = Message(18245, "Info", "{kind} of {client} was dropped: {reason}{more}.")
ADVICE = Message(18246, "Warning", "{place}: {advice}.")
EDITED = Message(18247, "Info", "Configuration edited by {operator}: {changes}.")
SAVED = Message(18248, "Info", "Configuration saved by {operator}: {changes}. A reload applies it.")
RELATED = Message(
    18140, "Warning", "Relationship of the pair changed by {operator}: {changes}. The server reloads. Reason: {reason}."
)
DISCARDED = Message(18249, "Info", "Staged changes of the configuration discarded by {operator}: {changes}.")
EXTENSION_FAILED = Message(
    18250, "Warning", "Extension {name} failed: {reason}; the message was handled as configured{more}."
)
EXTENSION_LATE = Message(
    18251, "Warning", "Extension {name} gave no answer in time; the message was handled as configured{more}."
)
DNS_NOT_UPDATED = Message(18252, "Warning", "DNS updates for {to} are not accepted: {reason}{more}.")
DNS_UPDATED_AGAIN = Message(18253, "Info", "DNS updates for {to} are accepted again{more}.")
DNS_DROPPED = Message(18254, "Warning", "DNS updates for {to} were dropped: {count} since the last line{more}.")
DNS_CONFLICT = Message(
    18255, "Warning", "The name {name} belongs to another client: {address} has no record of it{more}."
)
LDAP_FAILED = Message(
    18256, "Warning", "Clients were not found by LDAP: {reason}; they are treated as the default client{more}."
)
LDAP_ENTRY = Message(
    18257, "Warning", "The LDAP entry of client {client} cannot be used: {reason}; it is the default client{more}."
)
EVENTS_NOT_SENT = Message(18233, "Warning", "Lease events are not received by {to}: {reason}{more}.")
EVENTS_SENT_AGAIN = Message(18234, "Info", "Lease events are received by {to} again{more}.")
EVENTS_DROPPED = Message(18235, "Warning", "Lease events for {to} were dropped: {count} since the last line{more}.")

# Storage

NOT_SERVING = Message(18301, "Error", "Not serving: {reason}. Nothing is answered until this is repaired.")
SERVING_AGAIN = Message(18302, "Info", "Serving again with {leases} leases.")
STATE_UNREADABLE = Message(
    18303,
    "Error",
    "The failover state cannot be read ({reason}); it was moved to state.json.unreadable. The server starts in RECOVER "
    "and requests all leases from its partner.",
)
NOT_STARTED = Message(18304, "Error", "Not started: {reason}")

CATALOGUE: tuple[Message, ...] = tuple(
    sorted((each for each in list(globals().values()) if isinstance(each, Message)), key=lambda each: each.number)
)
"""Every message, by number."""
