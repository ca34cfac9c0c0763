"""The result of one run."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """The result of a run.

    Attributes:
        violation: the first invariant that did not hold, and how; None if all did.
        log: the log, only of a run with a violation.
        excused: number of duplicates under the proviso of I1.
        seen: the counts of events; see RunLog.
    """

    seed: int
    operations: int
    violation: tuple[str, str] | None = None
    log: list[str] = field(default_factory=list)
    excused: int = 0
    seen: dict[str, int] = field(default_factory=dict)
