"""What an SNMPv1 trap is in SNMPv2c, and the other way round (RFC 3584 section 3).

Only the names differ: SNMPv1 has an enterprise and two numbers where SNMPv2c has an OID.
"""

from snmp.mib import standard

_UNSIGNED = 0xFFFFFFFF


def notification_oid(enterprise: str, generic: int, specific: int) -> str:
    """The notification that an SNMPv1 trap is (section 3.1, step 2).

    A negative number, which no trap has and any octets may say, is read as the unsigned one that it is written like.
    """
    if generic == standard.ENTERPRISE_SPECIFIC:
        return f"{enterprise}.0.{specific & _UNSIGNED}"
    return f"{standard.GENERIC}.{(generic + 1) & _UNSIGNED}"


def v1_names(oid: str, enterprise: str | None = None) -> tuple[str, int, int]:
    """Enterprise, generic and specific number of a notification (section 3.2, steps 1 to 3).

    `enterprise` is what a generic trap names, the value of its snmpTrapEnterprise.0; without it, snmpTraps itself.
    """
    head, _, last = oid.rpartition(".")
    if head == standard.GENERIC and 1 <= int(last) <= standard.ENTERPRISE_SPECIFIC:
        return enterprise or standard.GENERIC, int(last) - 1, 0
    return head.removesuffix(".0"), standard.ENTERPRISE_SPECIFIC, int(last)
