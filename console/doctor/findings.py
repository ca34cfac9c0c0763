"""What a look at something found."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """`fail`: it does not work. `warn`: it works, and will not always, or is not safe."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """About `what`: the fact, and what to do, empty where nothing is."""

    health: Health
    what: str
    fact: str
    todo: str = ""


def ok(what: str, fact: str) -> Finding:
    return Finding(Health.OK, what, fact)


def warn(what: str, fact: str, todo: str) -> Finding:
    return Finding(Health.WARN, what, fact, todo)


def fail(what: str, fact: str, todo: str) -> Finding:
    return Finding(Health.FAIL, what, fact, todo)
