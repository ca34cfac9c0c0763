"""Any value of any attribute gives a configuration that works, or problems with their lines: never another error."""

import random

import pytest

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.classes.client import Client, ClientClass
from dhcpserver.config.classes.cluster import Cluster
from dhcpserver.config.classes.dns_update import DnsUpdateConfig, Key
from dhcpserver.config.classes.extension import Extension
from dhcpserver.config.classes.failover_pair import FailoverPair
from dhcpserver.config.classes.ldap import Ldap
from dhcpserver.config.classes.listener import Listener
from dhcpserver.config.classes.option_information import OwnOption, VendorOptionSpace
from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.scope import Reservation, Scope
from dhcpserver.config.classes.scope_template import ScopeTemplate
from dhcpserver.config.classes.server import Server
from dhcpserver.config.classes.thresholds import AddrTrap
from dhcpserver.config.classes.trap_recipient import TrapRecipient
from dhcpserver.config.classes.vpn import Vpn
from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Inputs, Moment
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import LINK, Site
from tests.service.standalone import Client as DhcpClient

ACCENT = "\u00e9"
VALUES = (
    *('""', '"x"', f'"{ACCENT}"', '"0"', '"-1"', '"1d6h"', '"hex:"', '"hex:0"', '"010"', '"text:"'),
    *('"192.0.2.1"', '"192.0.2.300"', '"::1"', '"10.0.0.0/8"', '"192.0.2.0/24"', '"192.0.2.9-192.0.2.1"'),
    *('"192.0.2.10-"', '"02:00:00:00:00:01"', '"1,6,02:00"', f'"{"x" * 70}"', f'"{ACCENT * 40}"', f'"{ACCENT * 80}"'),
    *("0", "1", "-1", "4294967296", "1e400", "nan", "1.5", "true", "false", "2026-11-27", "10:00:00"),
    *("[]", "[1]", '["x"]', "[[]]", '["192.0.2.1"]', '["10.0.0.0/8", "10.0.0.0/8"]'),
    *("{}", "{ a = 1 }", '{ 1 = "x" }', "{ 6 = [[]] }", '{ "" = 1 }', "{ a = { b = 1 } }", "{ a = { 1 = {} } }"),
    *(f'{{ 17 = "{"x" * 5000}" }}', '{ 121 = ["default via 192.0.2.1"] }', '{ 43 = "text:" }'),
)
PAIR = '[[cluster]]\nname = "a"\n[[cluster]]\nname = "b"\n[[failover-pair]]\nname = "p"\nmain = "a"\nbackup = "b"\n'

TABLES: tuple[tuple[type[Attributes], str], ...] = (
    (Server, '[server]\nname = "a"\n'),
    (Policy, '[[policy]]\nname = "default"\n'),
    (Scope, '[[scope]]\nname = "s1"\nsubnet = "192.0.2.0/24"\nranges = ["192.0.2.10-192.0.2.20"]\n'),
    (Reservation, '[[scope]]\nname = "s1"\nsubnet = "192.0.2.0/24"\n[[scope.reservations]]\nipaddr = "192.0.2.30"\n'),
    (OwnOption, '[[option-definition]]\ncode = 224\nname = "own"\ntype = "u8"\n'),
    (VendorOptionSpace, '[[vendor-option-space]]\nname = "v"\n'),
    (Listener, "[[listener]]\n"),
    (Cluster, '[[cluster]]\nname = "a"\n'),
    (FailoverPair, PAIR),
    (AddrTrap, '[[addr-trap]]\nname = "t"\n'),
    (Extension, '[[extension]]\nname = "x"\nfile = "x.py"\nentry = "f"\n'),
    (ClientClass, '[[client-class]]\nname = "c"\n'),
    (Client, '[[client]]\nname = "02:00:00:00:00:01"\n'),
    (ScopeTemplate, '[[scope-template]]\nname = "t"\n'),
    (Vpn, '[[vpn]]\nname = "v"\nvrf-name = "v"\n'),
    (Key, '[[key]]\nname = "k"\nsecret = "eHh4"\n'),
    (DnsUpdateConfig, '[[dns-update-config]]\nname = "d"\nserver-addr = "127.0.0.1"\n'),
    (Ldap, '[[ldap]]\nname = "l"\nhostname = "127.0.0.1"\nsearch-path = "o=x"\nquery-dictionary = { ou = "action" }\n'),
    (TrapRecipient, '[[trap-recipient]]\nname = "r"\nip-addr = "127.0.0.1"\n'),
)
ATTRIBUTES = [
    (table, alias)
    for model, table in TABLES
    for name, field in model.model_fields.items()
    if (alias := field.alias or name) != "name"
]


@pytest.mark.parametrize(("table", "attribute"), ATTRIBUTES, ids=lambda each: str(each).split("\n")[0])
def test_any_value_is_used_or_refused(table: str, attribute: str) -> None:
    server = "" if table.startswith("[server]") else '[server]\nname = "a"\n'
    kept = "\n".join(line for line in table.split("\n") if not line.startswith(f"{attribute} ="))
    without_line: list[tuple[str, str]] = []
    for value in VALUES:
        text = f"{server}{kept}{attribute} = {value}\n"
        try:
            configuration = read(text)
        except ConfigurationError as error:
            without_line += [(value, str(problem)) for problem in error.problems if not problem.line]
            continue
        core = Core(configuration, bytes(16), "1")
        core.start(None, Moment(1e9, 1e9), random.Random(1))
        asking = DhcpClient(Site(), 1)
        request = asking.octets(MessageType.DISCOVER, (55, bytes(range(1, 255))))
        for reply in core.turn(Moment(1e9, 1e9), Inputs([(request, LINK)])).replies:
            assert len(reply.octets) <= 548
    assert without_line == []
