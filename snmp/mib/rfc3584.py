"""The names of a notification in SNMPv1 and in SNMPv2c (RFC 3584 section 3).

SNMPv1 has an enterprise and two numbers, SNMPv2c has one OID.
"""

from snmp.mib import standard

_UNSIGNED = 0xFFFFFFFF


def notification_oid(enterprise: str, generic: int, specific: int) -> str:
    """Return the OID of an SNMPv1 trap (section 3.1, step 2).

    A negative number is not valid, but malformed octets can have one; it is read as the unsigned number with the same
    bits.
    """
    if generic == standard.ENTERPRISE_SPECIFIC:
        return f"{enterprise}.0.{specific & _UNSIGNED}"
    return f"{standard.GENERIC}.{(generic + 1) & _UNSIGNED}"


def v1_names(oid: str, enterprise: str | None = None) -> tuple[str, int, int]:
    """Return enterprise, generic and specific number of a notification (section 3.2, steps 1 to 3).

    `enterprise` is the value of snmpTrapEnterprise.0 for a generic trap; without it, snmpTraps is used.
    """
    head, _, last = oid.rpartition(".")
    if head == standard.GENERIC and 1 <= int(last) <= standard.ENTERPRISE_SPECIFIC:
        return enterprise or standard.GENERIC, int(last) - 1, 0
    return head.removesuffix(".0"), standard.ENTERPRISE_SPECIFIC, int(last)
