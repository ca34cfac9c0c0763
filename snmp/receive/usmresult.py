"""The interface between `intake` and `usm`, without pysnmp, which takes a third of a second to import."""

from dataclasses import dataclass
from typing import Protocol

from snmp.codec.message import Message
from snmp.receive.reasons import Reason


@dataclass(frozen=True, slots=True)
class UsmResult:
    """The decision about a message: the notification's message, or the reason why there is none."""

    message: Message | None
    reason: Reason | None
    answers: tuple[bytes, ...] = ()
    mended: bool = False
    """Whether values were encoded wrongly."""


class UsmHandler(Protocol):
    """Decides about SNMPv3 messages; `usm.UsmIntake` is one."""

    def handle(self, data: bytes, host: str, arrived: float) -> UsmResult:
        """Decide about a message from `host` that arrived at `arrived`, monotonic seconds. No octets raise."""
