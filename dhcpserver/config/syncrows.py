"""Table 2: what a synchronisation of the partners does with each kind of object (R-060 to R-070, R-077 to R-099).

A row has one function for each of the three operations:

    no change   the target keeps what it has
    ensure      what is missing is added
    replace     what has the same name is replaced too
    exact       what only the target has is removed too
"""

from dataclasses import dataclass
from enum import Enum


class Operation(Enum):
    """The operations, from the one with the least effect on the target to that with the most."""

    UPDATE = "update"
    COMPLETE = "complete"
    EXACT = "exact"


class Function(Enum):
    """What an operation does with the objects of one row."""

    NO_CHANGE = "no change"
    ENSURE = "ensure"
    REPLACE = "replace"
    EXACT = "exact"


_NO, _ENSURE, _REPLACE, _EXACT = Function.NO_CHANGE, Function.ENSURE, Function.REPLACE, Function.EXACT


@dataclass(frozen=True, slots=True)
class Row:
    """A row of Table 2.

    Attributes:
        rule, label: the requirement, and its name in the table.
        functions: those of update, complete and exact.
        properties: whether it is about the attributes of an object, one by one, and not about objects.
    """

    rule: str
    label: str
    functions: tuple[Function, Function, Function]
    properties: bool = False

    def function(self, operation: Operation) -> Function:
        """Return what the operation does."""
        return self.functions[tuple(Operation).index(operation)]


class SyncRow(Enum):
    """The rows of Table 2, and one for what never leaves its server."""

    SERVER_CLIENT_CLASS = Row("R-077", "DHCP server: client-class properties", (_REPLACE, _REPLACE, _REPLACE), True)
    SERVER_HOST_NAMES = Row(
        "R-078", "DHCP server: client host name processing properties", (_REPLACE, _REPLACE, _REPLACE), True
    )
    SERVER_DNS = Row("R-079", "DHCP server: dynamic DNS properties", (_REPLACE, _REPLACE, _REPLACE), True)
    SERVER_FAILOVER = Row("R-080", "DHCP server: failover tuning properties", (_REPLACE, _REPLACE, _REPLACE), True)
    SERVER_OTHER = Row("R-081", "DHCP server: all other properties", (_NO, _REPLACE, _REPLACE), True)
    LDAP = Row("R-082", "LDAP remote server", (_ENSURE, _REPLACE, _EXACT))
    POLICY_OPTIONS = Row("R-083", "Policy: option list properties", (_ENSURE, _REPLACE, _REPLACE), True)
    POLICY_BOOT = Row("R-084", "Policy: packet boot file properties", (_ENSURE, _REPLACE, _REPLACE), True)
    POLICY_OTHER = Row("R-085", "Policy: all other properties", (_REPLACE, _REPLACE, _REPLACE), True)
    CLIENT = Row("R-086", "Client", (_REPLACE, _REPLACE, _EXACT))
    CLIENT_CLASS = Row("R-087", "Client-class", (_REPLACE, _REPLACE, _EXACT))
    SCOPES = Row("R-088", "Scopes", (_EXACT, _EXACT, _EXACT))
    LINKS = Row("R-089", "Links", (_EXACT, _EXACT, _EXACT))
    PREFIXES = Row("R-090", "Prefixes", (_EXACT, _EXACT, _EXACT))
    RESERVATIONS = Row("R-091", "Reservations", (_EXACT, _EXACT, _EXACT))
    DNS_UPDATE = Row("R-092", "DNS update configuration", (_REPLACE, _REPLACE, _EXACT))
    TRAPS = Row("R-093", "Trap configuration", (_ENSURE, _REPLACE, _EXACT))
    VPN = Row("R-094", "VPN", (_REPLACE, _REPLACE, _EXACT))
    KEY = Row("R-095", "Key", (_REPLACE, _REPLACE, _EXACT))
    EXTENSIONS = Row("R-096", "Extensions", (_ENSURE, _REPLACE, _EXACT))
    EXTENSION_POINT = Row("R-097", "Extension point", (_REPLACE, _REPLACE, _REPLACE))
    OPTION_INFORMATION = Row("R-098", "Option information", (_ENSURE, _REPLACE, _EXACT))
    DHCP_LISTENER = Row("R-099", "DHCP listener configuration", (_ENSURE, _REPLACE, _EXACT))
    OWN = Row("", "the server's own", (_NO, _NO, _NO))
    """Names, addresses and files of the server itself, and who may use its API: a copy would make two of one server."""
