"""The DHCPv6 options that IANA has assigned (Dynamic Host Configuration Protocol for IPv6, Option Codes), as rows.

Names are those of RFC 8415 and Kea in lower case with hyphens. Options whose form only their protocol uses have the
type `hex`.
"""

from collections.abc import Iterator

from dhcpserver.wire.optiontypes.basetype import OptionType
from dhcpserver.wire.optiontypes.definition import LIST, ONE, Cardinality, OptionDefinition
from dhcpserver.wire.optiontypes.integers import Integer
from dhcpserver.wire.optiontypes.named import (
    ADDRESS6,
    COUNTED16,
    DOMAIN,
    EMPTY,
    HEX,
    PREFIX6,
    STRING,
    U8,
    U16,
    U32,
)
from dhcpserver.wire.optiontypes.records import Record
from dhcpserver.wire.optiontypes.resolvers import Resolver

_RFC8156 = "RFC 8156"
_RFC8415 = "RFC 8415"
_RFC6610 = "RFC 6610"
_RFC6784 = "RFC 6784"
_RFC7598 = "RFC 7598"
_RFC7600 = "RFC 7600"
_RFC7653 = "RFC 7653"
_RFC7839 = "RFC 7839"

_NETWORK_INTERFACE = Record("network-interface", (U8, U8, U8))
_MAXIMUM_RETRANSMISSION = Integer(4, low=60)
_RDNSS = Record("rdnss-selection6", (ADDRESS6, Integer(1, among=(0, 1, 2, 3))), DOMAIN)

_Row = tuple[int, str, OptionType, Cardinality, str]

_ROWS: tuple[_Row, ...] = (
    (7, "preference", U8, ONE, _RFC8415),
    (17, "vendor-opts", HEX, ONE, _RFC8415),
    (21, "sip-server-names", DOMAIN, LIST, "RFC 3319"),
    (22, "sip-server-addresses", ADDRESS6, LIST, "RFC 3319"),
    (23, "dns-servers", ADDRESS6, LIST, "RFC 3646"),
    (24, "domain-search", DOMAIN, LIST, "RFC 3646"),
    (27, "nis-servers", ADDRESS6, LIST, "RFC 3898"),
    (28, "nisp-servers", ADDRESS6, LIST, "RFC 3898"),
    (29, "nis-domain-name", DOMAIN, ONE, "RFC 3898"),
    (30, "nisp-domain-name", DOMAIN, ONE, "RFC 3898"),
    (31, "sntp-servers", ADDRESS6, LIST, "RFC 4075"),
    (32, "information-refresh-time", Integer(4, low=600), ONE, _RFC8415),
    (33, "bcmcs-server-names", DOMAIN, LIST, "RFC 4280"),
    (34, "bcmcs-server-addresses", ADDRESS6, LIST, "RFC 4280"),
    (36, "geoconf-civic", HEX, ONE, "RFC 4776"),
    (40, "pana-agents", ADDRESS6, LIST, "RFC 5192"),
    (41, "new-posix-timezone", STRING, ONE, "RFC 4833"),
    (42, "new-tzdb-timezone", STRING, ONE, "RFC 4833"),
    (49, "mip6-hnidf", DOMAIN, ONE, _RFC6610),
    (50, "mip6-vdinf", HEX, ONE, _RFC6610),
    (51, "v6-lost", DOMAIN, ONE, "RFC 5223"),
    (52, "capwap-ac-v6", ADDRESS6, LIST, "RFC 5417"),
    (54, "ipv6-address-mos", HEX, ONE, "RFC 5678"),
    (55, "ipv6-fqdn-mos", HEX, ONE, "RFC 5678"),
    (56, "ntp-server", HEX, ONE, "RFC 5908"),
    (57, "v6-access-domain", DOMAIN, ONE, "RFC 5986"),
    (58, "sip-ua-cs-list", DOMAIN, LIST, "RFC 6011"),
    (59, "bootfile-url", STRING, ONE, "RFC 5970"),
    (60, "bootfile-param", COUNTED16, LIST, "RFC 5970"),
    (63, "geolocation", HEX, ONE, "RFC 6225"),
    (64, "aftr-name", DOMAIN, ONE, "RFC 6334"),
    (65, "erp-local-domain-name", DOMAIN, ONE, "RFC 6440"),
    (69, "mip6-idinf", HEX, ONE, _RFC6610),
    (70, "mip6-udinf", HEX, ONE, _RFC6610),
    (71, "mip6-hnp", HEX, ONE, _RFC6610),
    (72, "mip6-haa", ADDRESS6, ONE, _RFC6610),
    (73, "mip6-haf", DOMAIN, ONE, _RFC6610),
    (74, "rdnss-selection", _RDNSS, ONE, "RFC 6731"),
    (75, "krb-principal-name", HEX, ONE, _RFC6784),
    (76, "krb-realm-name", STRING, ONE, _RFC6784),
    (77, "krb-default-realm-name", STRING, ONE, _RFC6784),
    (78, "krb-kdc", HEX, ONE, _RFC6784),
    (82, "sol-max-rt", _MAXIMUM_RETRANSMISSION, ONE, _RFC8415),
    (83, "inf-max-rt", _MAXIMUM_RETRANSMISSION, ONE, _RFC8415),
    (84, "addrsel", HEX, ONE, "RFC 7078"),
    (85, "addrsel-table", HEX, ONE, "RFC 7078"),
    (86, "v6-pcp-server", ADDRESS6, LIST, "RFC 7291"),
    (88, "dhcp4-o-dhcp6-server", ADDRESS6, LIST, "RFC 7341"),
    (89, "s46-rule", HEX, ONE, _RFC7598),
    (90, "s46-br", ADDRESS6, ONE, _RFC7598),
    (91, "s46-dmr", PREFIX6, ONE, _RFC7598),
    (92, "s46-v4v6bind", HEX, ONE, _RFC7598),
    (93, "s46-portparams", HEX, ONE, _RFC7598),
    (94, "s46-cont-mape", HEX, ONE, _RFC7598),
    (95, "s46-cont-mapt", HEX, ONE, _RFC7598),
    (96, "s46-cont-lw", HEX, ONE, _RFC7598),
    (97, "4rd", HEX, ONE, _RFC7600),
    (98, "4rd-map-rule", HEX, ONE, _RFC7600),
    (99, "4rd-non-map-rule", HEX, ONE, _RFC7600),
    (103, "v6-captive-portal", STRING, ONE, "RFC 8910"),
    (104, "mpl-parameters", HEX, ONE, "RFC 7774"),
    (105, "ani-att", HEX, ONE, _RFC7839),
    (106, "ani-network-name", STRING, ONE, _RFC7839),
    (107, "ani-ap-name", STRING, ONE, _RFC7839),
    (108, "ani-ap-bssid", HEX, ONE, _RFC7839),
    (109, "ani-operator-id", U32, ONE, _RFC7839),
    (110, "ani-operator-realm", STRING, ONE, _RFC7839),
    (111, "s46-priority", U16, LIST, "RFC 8026"),
    (113, "v6-prefix64", HEX, ONE, "RFC 8115"),
    (136, "v6-sztp-redirect", HEX, ONE, "RFC 8572"),
    (137, "s46-bind-ipv6-prefix", PREFIX6, ONE, "RFC 8539"),
    (140, "slap-quad", HEX, ONE, "RFC 8948"),
    (141, "v6-dots-ri", DOMAIN, ONE, "RFC 8973"),
    (142, "v6-dots-addresses", ADDRESS6, LIST, "RFC 8973"),
    (143, "ipv6-address-andsf", ADDRESS6, LIST, "RFC 6153"),
    (144, "v6-dnr", Resolver(6), ONE, "RFC 9463"),
    (148, "addr-reg-enable", EMPTY, ONE, "RFC 9686"),
)

_BY_PROTOCOL: tuple[_Row, ...] = (
    (1, "client-id", HEX, ONE, _RFC8415),
    (2, "server-id", HEX, ONE, _RFC8415),
    (3, "ia-na", HEX, ONE, _RFC8415),
    (4, "ia-ta", HEX, ONE, _RFC8415),
    (5, "iaaddr", HEX, ONE, _RFC8415),
    (6, "oro", U16, LIST, _RFC8415),
    (8, "elapsed-time", U16, ONE, _RFC8415),
    (9, "relay-msg", HEX, ONE, _RFC8415),
    (11, "auth", HEX, ONE, _RFC8415),
    (12, "unicast", ADDRESS6, ONE, _RFC8415),
    (13, "status-code", HEX, ONE, _RFC8415),
    (14, "rapid-commit", EMPTY, ONE, _RFC8415),
    (15, "user-class", COUNTED16, LIST, _RFC8415),
    (16, "vendor-class", HEX, ONE, _RFC8415),
    (18, "interface-id", HEX, ONE, _RFC8415),
    (19, "reconf-msg", U8, ONE, _RFC8415),
    (20, "reconf-accept", EMPTY, ONE, _RFC8415),
    (25, "ia-pd", HEX, ONE, _RFC8415),
    (26, "iaprefix", HEX, ONE, _RFC8415),
    (37, "remote-id", HEX, ONE, "RFC 4649"),
    (38, "subscriber-id", HEX, ONE, "RFC 4580"),
    (39, "client-fqdn", HEX, ONE, "RFC 4704"),
    (43, "ero", U16, LIST, "RFC 4994"),
    (44, "lq-query", HEX, ONE, "RFC 5007"),
    (45, "client-data", HEX, ONE, "RFC 5007"),
    (46, "clt-time", U32, ONE, "RFC 5007"),
    (47, "lq-relay-data", HEX, ONE, "RFC 5007"),
    (48, "lq-client-link", ADDRESS6, LIST, "RFC 5007"),
    (53, "relay-id", HEX, ONE, "RFC 5460"),
    (61, "client-arch-type", U16, LIST, "RFC 5970"),
    (62, "nii", _NETWORK_INTERFACE, ONE, "RFC 5970"),
    (66, "rsoo", HEX, ONE, "RFC 6422"),
    (67, "pd-exclude", HEX, ONE, "RFC 6603"),
    (68, "vss", HEX, ONE, "RFC 6607"),
    (79, "client-linklayer-addr", HEX, ONE, "RFC 6939"),
    (80, "link-address", ADDRESS6, ONE, "RFC 6977"),
    (81, "radius", HEX, ONE, "RFC 7037"),
    (87, "dhcpv4-msg", HEX, ONE, "RFC 7341"),
    (100, "lq-base-time", U32, ONE, _RFC7653),
    (101, "lq-start-time", U32, ONE, _RFC7653),
    (102, "lq-end-time", U32, ONE, _RFC7653),
    (112, "mud-url-v6", STRING, ONE, "RFC 8520"),
    (114, "f-binding-status", U8, ONE, _RFC8156),
    (115, "f-connect-flags", U16, ONE, _RFC8156),
    (116, "f-dns-removal-info", HEX, ONE, _RFC8156),
    (117, "f-dns-host-name", HEX, ONE, _RFC8156),
    (118, "f-dns-zone-name", HEX, ONE, _RFC8156),
    (119, "f-dns-flags", U16, ONE, _RFC8156),
    (120, "f-expiration-time", U32, ONE, _RFC8156),
    (121, "f-max-unacked-bndupd", U32, ONE, _RFC8156),
    (122, "f-mclt", U32, ONE, _RFC8156),
    (123, "f-partner-lifetime", U32, ONE, _RFC8156),
    (124, "f-partner-lifetime-sent", U32, ONE, _RFC8156),
    (125, "f-partner-down-time", U32, ONE, _RFC8156),
    (126, "f-partner-raw-clt-time", U32, ONE, _RFC8156),
    (127, "f-protocol-version", U32, ONE, _RFC8156),
    (128, "f-keepalive-time", U16, ONE, _RFC8156),
    (129, "f-reconfigure-data", HEX, ONE, _RFC8156),
    (130, "f-relationship-name", STRING, ONE, _RFC8156),
    (131, "f-server-flags", U8, ONE, _RFC8156),
    (132, "f-server-state", U8, ONE, _RFC8156),
    (133, "f-start-time-of-state", U32, ONE, _RFC8156),
    (134, "f-state-expiration-time", U32, ONE, _RFC8156),
    (135, "relay-port", U16, ONE, "RFC 8357"),
    (138, "ia-ll", HEX, ONE, "RFC 8947"),
    (139, "lladdr", HEX, ONE, "RFC 8947"),
    (145, "registered-domain", DOMAIN, ONE, "RFC 9527"),
    (146, "forward-dist-manager", DOMAIN, ONE, "RFC 9527"),
    (147, "reverse-dist-manager", DOMAIN, ONE, "RFC 9527"),
)


def _rows() -> Iterator[OptionDefinition]:
    for by_protocol, rows in ((False, _ROWS), (True, _BY_PROTOCOL)):
        for code, name, kind, cardinality, reference in rows:
            yield OptionDefinition(code, name, kind, cardinality, reference, 6, by_protocol)


STANDARD6: tuple[OptionDefinition, ...] = tuple(sorted(_rows(), key=lambda row: row.code))
"""Every assigned option, by number."""
