"""The DHCPv4 options that IANA has assigned (BOOTP Vendor Extensions and DHCP Options), as rows.

Names are those of ISC dhcpd, Kea and Cisco in lower case with hyphens. Options whose form only their protocol uses have
the type `hex`: the server sends the octets as configured. Rows of the range for private use (224 to 254) are those that
clients request everywhere.
"""

from collections.abc import Iterator

from dhcpserver.wire.optiontypes.basetype import OptionType
from dhcpserver.wire.optiontypes.definition import ANY_NUMBER, LIST, ONE, Cardinality, OptionDefinition
from dhcpserver.wire.optiontypes.integers import Integer
from dhcpserver.wire.optiontypes.named import (
    ADDRESS4,
    ADDRESS6,
    ADDRESS_AND_MASK,
    ADDRESS_PAIR,
    BOOLEAN,
    COMPRESSED_DOMAIN,
    COUNTED8,
    DOMAIN,
    EMPTY,
    HEX,
    I32,
    ROUTE,
    STRING,
    U8,
    U16,
    U32,
)
from dhcpserver.wire.optiontypes.records import Record, SipServers
from dhcpserver.wire.optiontypes.resolvers import Resolver

_RFC2132 = "RFC 2132"
_RFC4578 = "RFC 4578"
_RFC6926 = "RFC 6926"

_MTU = Integer(2, low=68)
_POSITIVE8 = Integer(1, low=1)
_REASSEMBLY = Integer(2, low=576)
_NODE_TYPE = Integer(1, among=(1, 2, 4, 8))
_OVERLOAD = Integer(1, among=(1, 2, 3))
_NAME_SERVICE = Integer(2, among=(0, 6, 41, 44, 65))
_AUTO_CONFIGURATION = Integer(1, among=(0, 1))
_SLP_AGENTS = Record("slp-directory-agents", (BOOLEAN,), ADDRESS4)
_SLP_SCOPE = Record("slp-service-scopes", (BOOLEAN,), STRING, optional=True)
_NETWORK_INTERFACE = Record("network-interface", (U8, U8, U8))
_RDNSS = Record("rdnss-selection4", (Integer(1, among=(0, 1, 2, 3)), ADDRESS4, ADDRESS4), DOMAIN)
_PORT_PARAMETERS = Record("port-parameters", (U8, U8, U16))
_SIXRD = Record("sixrd", (Integer(1), Integer(1), ADDRESS6), ADDRESS4)

_ADDRESS_LISTS = (
    (3, "routers", ()),
    (4, "time-servers", ()),
    (5, "name-servers", ("ien116-name-servers",)),
    (6, "domain-name-servers", ("dns-servers",)),
    (7, "log-servers", ()),
    (8, "cookie-servers", ()),
    (9, "lpr-servers", ()),
    (10, "impress-servers", ()),
    (11, "resource-location-servers", ()),
    (41, "nis-servers", ()),
    (42, "ntp-servers", ()),
    (44, "netbios-name-servers", ()),
    (45, "netbios-dd-servers", ("netbios-dd-server",)),
    (48, "font-servers", ()),
    (49, "x-display-managers", ("x-display-manager",)),
    (65, "nis+-servers", ("nisplus-servers", "nisp-servers")),
    (69, "smtp-servers", ("smtp-server",)),
    (70, "pop3-servers", ("pop-server",)),
    (71, "nntp-servers", ("nntp-server",)),
    (72, "www-servers", ("www-server",)),
    (73, "finger-servers", ("finger-server",)),
    (74, "irc-servers", ("irc-server",)),
    (75, "streettalk-servers", ("streettalk-server",)),
    (76, "streettalk-directory-assistance-servers", ("streettalk-directory-assistance-server",)),
)
"""Options of RFC 2132 that are lists of addresses."""

_Row = tuple[int, str, OptionType, Cardinality, str]

_ROWS: tuple[_Row, ...] = (
    (1, "subnet-mask", ADDRESS4, ONE, _RFC2132),
    (2, "time-offset", I32, ONE, _RFC2132),
    (12, "host-name", STRING, ONE, _RFC2132),
    (13, "boot-size", U16, ONE, _RFC2132),
    (14, "merit-dump", STRING, ONE, _RFC2132),
    (15, "domain-name", STRING, ONE, _RFC2132),
    (16, "swap-server", ADDRESS4, ONE, _RFC2132),
    (17, "root-path", STRING, ONE, _RFC2132),
    (18, "extensions-path", STRING, ONE, _RFC2132),
    (19, "ip-forwarding", BOOLEAN, ONE, _RFC2132),
    (20, "non-local-source-routing", BOOLEAN, ONE, _RFC2132),
    (21, "policy-filter", ADDRESS_AND_MASK, LIST, _RFC2132),
    (22, "max-dgram-reassembly", _REASSEMBLY, ONE, _RFC2132),
    (23, "default-ip-ttl", _POSITIVE8, ONE, _RFC2132),
    (24, "path-mtu-aging-timeout", U32, ONE, _RFC2132),
    (25, "path-mtu-plateau-table", _MTU, LIST, _RFC2132),
    (26, "interface-mtu", _MTU, ONE, _RFC2132),
    (27, "all-subnets-local", BOOLEAN, ONE, _RFC2132),
    (28, "broadcast-address", ADDRESS4, ONE, _RFC2132),
    (29, "perform-mask-discovery", BOOLEAN, ONE, _RFC2132),
    (30, "mask-supplier", BOOLEAN, ONE, _RFC2132),
    (31, "router-discovery", BOOLEAN, ONE, _RFC2132),
    (32, "router-solicitation-address", ADDRESS4, ONE, _RFC2132),
    (33, "static-routes", ADDRESS_PAIR, LIST, _RFC2132),
    (34, "trailer-encapsulation", BOOLEAN, ONE, _RFC2132),
    (35, "arp-cache-timeout", U32, ONE, _RFC2132),
    (36, "ieee802-3-encapsulation", BOOLEAN, ONE, _RFC2132),
    (37, "default-tcp-ttl", _POSITIVE8, ONE, _RFC2132),
    (38, "tcp-keepalive-interval", U32, ONE, _RFC2132),
    (39, "tcp-keepalive-garbage", BOOLEAN, ONE, _RFC2132),
    (40, "nis-domain", STRING, ONE, _RFC2132),
    (43, "vendor-encapsulated-options", HEX, ONE, _RFC2132),
    (46, "netbios-node-type", _NODE_TYPE, ONE, _RFC2132),
    (47, "netbios-scope", STRING, ONE, _RFC2132),
    (60, "vendor-class-identifier", STRING, ONE, _RFC2132),
    (62, "nwip-domain-name", STRING, ONE, "RFC 2242"),
    (63, "nwip-suboptions", HEX, ONE, "RFC 2242"),
    (64, "nis+-domain", STRING, ONE, _RFC2132),
    (66, "tftp-server-name", STRING, ONE, _RFC2132),
    (67, "boot-file-name", STRING, ONE, _RFC2132),
    (68, "mobile-ip-home-agents", ADDRESS4, ANY_NUMBER, _RFC2132),
    (77, "user-class", COUNTED8, LIST, "RFC 3004"),
    (78, "slp-directory-agents", _SLP_AGENTS, ONE, "RFC 2610"),
    (79, "slp-service-scopes", _SLP_SCOPE, ONE, "RFC 2610"),
    (83, "isns", HEX, ONE, "RFC 4174"),
    (85, "nds-servers", ADDRESS4, LIST, "RFC 2241"),
    (86, "nds-tree-name", STRING, ONE, "RFC 2241"),
    (87, "nds-context", STRING, ONE, "RFC 2241"),
    (88, "bcms-controller-names", COMPRESSED_DOMAIN, LIST, "RFC 4280"),
    (89, "bcms-controller-addresses", ADDRESS4, LIST, "RFC 4280"),
    (93, "client-system", U16, LIST, "RFC 5970"),
    (94, "client-ndi", _NETWORK_INTERFACE, ONE, _RFC4578),
    (95, "ldap", STRING, ONE, "RFC 3679"),
    (97, "uuid-guid", HEX, ONE, _RFC4578),
    (98, "uap-servers", STRING, ONE, "RFC 2485"),
    (99, "geoconf-civic", HEX, ONE, "RFC 4776"),
    (100, "pcode", STRING, ONE, "RFC 4833"),
    (101, "tcode", STRING, ONE, "RFC 4833"),
    (108, "v6-only-preferred", U32, ONE, "RFC 8925"),
    (109, "dhcp4o6-s46-saddr", ADDRESS6, ONE, "RFC 8539"),
    (112, "netinfo-server-address", ADDRESS4, LIST, "RFC 3679"),
    (113, "netinfo-server-tag", STRING, ONE, "RFC 3679"),
    (114, "v4-captive-portal", STRING, ONE, "RFC 8910"),
    (116, "auto-config", _AUTO_CONFIGURATION, ONE, "RFC 2563"),
    (117, "name-service-search", _NAME_SERVICE, LIST, "RFC 2937"),
    (119, "domain-search", COMPRESSED_DOMAIN, LIST, "RFC 3397"),
    (120, "sip-servers", SipServers(), ONE, "RFC 3361"),
    (121, "classless-static-routes", ROUTE, LIST, "RFC 3442"),
    (122, "cablelabs-client-configuration", HEX, ONE, "RFC 3495"),
    (123, "geoconf", HEX, ONE, "RFC 6225"),
    (124, "vendor-class", HEX, ONE, "RFC 3925"),
    (125, "vivso", HEX, ONE, "RFC 3925"),
    (136, "pana-agents", ADDRESS4, LIST, "RFC 5192"),
    (137, "v4-lost", DOMAIN, ONE, "RFC 5223"),
    (138, "capwap-ac-v4", ADDRESS4, LIST, "RFC 5417"),
    (139, "ipv4-address-mos", HEX, ONE, "RFC 5678"),
    (140, "ipv4-fqdn-mos", HEX, ONE, "RFC 5678"),
    (141, "sip-ua-cs-domains", COMPRESSED_DOMAIN, LIST, "RFC 6011"),
    (142, "ipv4-address-andsf", ADDRESS4, LIST, "RFC 6153"),
    (143, "v4-sztp-redirect", HEX, ONE, "RFC 8572"),
    (144, "geoloc", HEX, ONE, "RFC 6225"),
    (146, "rdnss-selection", _RDNSS, ONE, "RFC 6731"),
    (147, "v4-dots-ri", DOMAIN, ONE, "RFC 8973"),
    (148, "v4-dots-addresses", ADDRESS4, LIST, "RFC 8973"),
    (150, "tftp-server-addresses", ADDRESS4, LIST, "RFC 5859"),
    (158, "v4-pcp-servers", HEX, ONE, "RFC 7291"),
    (159, "v4-portparams", _PORT_PARAMETERS, ONE, "RFC 7618"),
    (161, "mud-url-v4", STRING, ONE, "RFC 8520"),
    (162, "v4-dnr", Resolver(4), LIST, "RFC 9463"),
    (209, "pxe-config-file", STRING, ONE, "RFC 5071"),
    (210, "pxe-path-prefix", STRING, ONE, "RFC 5071"),
    (211, "pxe-reboot-time", U32, ONE, "RFC 5071"),
    (212, "option-6rd", _SIXRD, ONE, "RFC 5969"),
    (213, "v4-access-domain", DOMAIN, ONE, "RFC 5986"),
    (220, "subnet-allocation", HEX, ONE, "RFC 6656"),
    (221, "virtual-subnet-selection", HEX, ONE, "RFC 6607"),
)

_ALSO = {
    28: ("broadcast",),
    33: ("static-route",),
    46: ("node-type",),
    64: ("nisplus-domain-name",),
    66: ("tftp-server",),
    67: ("bootfile-name",),
    68: ("mobile-ip-home-agent",),
    78: ("slp-directory-agent",),
    79: ("slp-service-scope",),
    89: ("bcms-controller-address",),
    108: ("ipv6-only-preferred",),
    114: ("captive-portal", "default-url"),
    119: ("domain-search-list",),
    121: ("classless-routes", "rfc3442-classless-static-routes", "classless-static-route"),
    124: ("vivco-suboptions",),
    125: ("vivso-suboptions",),
    136: ("pana-agent",),
    148: ("v4-dots-address",),
    150: ("tftp-server-address",),
    158: ("v4-pcp-server",),
    209: ("configfile",),
    210: ("pathprefix",),
    211: ("reboottime",),
}

_BY_PROTOCOL: tuple[_Row, ...] = (
    (50, "dhcp-requested-address", ADDRESS4, ONE, _RFC2132),
    (51, "dhcp-lease-time", U32, ONE, _RFC2132),
    (52, "dhcp-option-overload", _OVERLOAD, ONE, _RFC2132),
    (53, "dhcp-message-type", _POSITIVE8, ONE, _RFC2132),
    (54, "dhcp-server-identifier", ADDRESS4, ONE, _RFC2132),
    (55, "dhcp-parameter-request-list", U8, LIST, _RFC2132),
    (56, "dhcp-message", STRING, ONE, _RFC2132),
    (57, "dhcp-max-message-size", _REASSEMBLY, ONE, _RFC2132),
    (58, "dhcp-renewal-time", U32, ONE, _RFC2132),
    (59, "dhcp-rebinding-time", U32, ONE, _RFC2132),
    (61, "dhcp-client-identifier", HEX, ONE, _RFC2132),
    (80, "rapid-commit", EMPTY, ONE, "RFC 4039"),
    (81, "client-fqdn", HEX, ONE, "RFC 4702"),
    (82, "relay-agent-information", HEX, ONE, "RFC 3046"),
    (90, "authentication", HEX, ONE, "RFC 3118"),
    (91, "client-last-transaction-time", U32, ONE, "RFC 4388"),
    (92, "associated-ip", ADDRESS4, LIST, "RFC 4388"),
    (118, "subnet-selection", ADDRESS4, ONE, "RFC 3011"),
    (145, "forcerenew-nonce-capable", U8, LIST, "RFC 6704"),
    (151, "status-code", HEX, ONE, _RFC6926),
    (152, "base-time", U32, ONE, _RFC6926),
    (153, "start-time-of-state", U32, ONE, _RFC6926),
    (154, "query-start-time", U32, ONE, _RFC6926),
    (155, "query-end-time", U32, ONE, _RFC6926),
    (156, "dhcp-state", U8, ONE, _RFC6926),
    (157, "data-source", U8, ONE, _RFC6926),
)

_SEVERAL_MEANINGS: tuple[_Row, ...] = (
    *((code, f"pxe-{code}", HEX, ONE, _RFC4578) for code in range(128, 136)),
    (175, "etherboot", HEX, ONE, "tentative"),
    (176, "ip-telephone", HEX, ONE, "tentative"),
    (177, "packetcable", HEX, ONE, "tentative"),
    (208, "pxelinux-magic", HEX, ONE, "RFC 5071"),
    (249, "ms-classless-static-routes", ROUTE, LIST, "private use"),
    (252, "wpad-url", STRING, ONE, "private use"),
)
"""Options with more than one use, which an operator can define otherwise (RFC 3942, RFC 4578)."""


def _rows() -> Iterator[OptionDefinition]:
    for code, name, also in _ADDRESS_LISTS:
        yield OptionDefinition(code, name, ADDRESS4, LIST, _RFC2132, also=also)
    for code, name, kind, cardinality, reference in _ROWS:
        yield OptionDefinition(code, name, kind, cardinality, reference, also=_ALSO.get(code, ()))
    for code, name, kind, cardinality, reference in _BY_PROTOCOL:
        also = {82: ("dhcp-agent-options",), 81: ("fqdn",), 90: ("authenticate",)}.get(code, ())
        yield OptionDefinition(code, name, kind, cardinality, reference, set_by_protocol=True, also=also)
    for code, name, kind, cardinality, reference in _SEVERAL_MEANINGS:
        yield OptionDefinition(code, name, kind, cardinality, reference, redefinable=True)


STANDARD4: tuple[OptionDefinition, ...] = tuple(sorted(_rows(), key=lambda row: row.code))
"""Every assigned option, by number. 0 (pad) and 255 (end) have no data and are not options of their own."""
