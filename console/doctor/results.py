"""The results of the doctor's checks."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """`fail`: it does not work. `warn`: it works now, but it may stop working or is not safe."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check of `what`: the fact, and what to do; `todo` is empty if nothing is to be done."""

    health: Health
    what: str
    fact: str
    todo: str = ""


def ok(what: str, fact: str) -> CheckResult:
    return CheckResult(Health.OK, what, fact)


def warn(what: str, fact: str, todo: str) -> CheckResult:
    return CheckResult(Health.WARN, what, fact, todo)


def fail(what: str, fact: str, todo: str) -> CheckResult:
    return CheckResult(Health.FAIL, what, fact, todo)
