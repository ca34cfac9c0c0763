"""Alarms about the console itself: one for each host and kind of failure, not one for each pair.

They follow from the health reports of the console's processes (`Health`). A counter that grew raises an alarm, which is
cleared when it has not grown for five minutes. The counter is read all the time, so this is an observation and not a
lack of reports.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from console.insight.alarms.judging import judge_rows
from console.insight.alarms.lifecycle import expire_alarms
from console.insight.alarms.row import Fault
from console.insight.alarms.table import BY_KIND, severity_of
from console.insight.wording import MINUTE
from console.model.alarm_kinds import AlarmKind
from console.model.picture import AlarmSource, Host, PairPicture, Picture

QUIET_SECONDS = 5 * MINUTE
HOST_GONE_SECONDS = 10 * MINUTE
"""A process without a health report for this long has ended; its failures end with it."""

FAILURES: dict[str, AlarmKind] = {
    "journal": AlarmKind.JOURNAL_NOT_WRITTEN,
    "collector": AlarmKind.COLLECTOR_GONE,
    "notification": AlarmKind.NOTIFICATION_FAILED,
    "source": AlarmKind.SOURCE_FAILED,
}
"""The kind of alarm of each failure, by its name in Health."""

COUNTERS: dict[str, tuple[AlarmKind, str]] = {
    "journal-dropped": (AlarmKind.JOURNAL_ENTRIES_DROPPED, "journal entries were dropped: the journal was too slow"),
    "traps-dropped": (AlarmKind.TRAPS_DROPPED, "notifications were dropped: they arrived faster than they were read"),
    "traps-kernel-drops": (AlarmKind.TRAPS_DROPPED, "notifications were dropped by the kernel: its buffer was full"),
    "traps-rejected": (AlarmKind.TRAPS_REJECTED, "notifications were rejected: wrong community, user, key or source"),
}


@dataclass(frozen=True, slots=True)
class _HostFaults:
    """The faults of one kind on all hosts: the `find` of a row."""

    hosts: Mapping[str, Host]
    kind: AlarmKind

    def __call__(self, own: PairPicture, now: float) -> Iterator[Fault]:
        for name, host in self.hosts.items():
            words = self._words(host, now) if now - host.said_at < HOST_GONE_SECONDS else None
            if words is not None:
                yield Fault(self.kind, name, severity_of(self.kind), f"{name}: {words}")

    def _words(self, host: Host, now: float) -> str | None:
        for failure, kind in FAILURES.items():
            if kind == self.kind and host.facts.get(failure) is not None:
                return host.facts[failure]
        grown = [
            (host.grew_at[counter], words)
            for counter, (kind, words) in COUNTERS.items()
            if kind == self.kind and now - host.grew_at.get(counter, float("-inf")) < QUIET_SECONDS
        ]
        return max(grown)[1] if grown else None


OWN_KINDS = tuple(dict.fromkeys([*FAILURES.values(), *(kind for kind, _ in COUNTERS.values())]))


def judge_own(picture: Picture, now: float, host: str | None = None) -> PairPicture:
    """Returns the console's own alarms, judged at `now`, for one host or for all. A host that is gone has no faults."""
    hosts = picture.hosts if host is None else {host: picture.hosts[host]}

    def over(own: PairPicture, now: float, entity: str) -> bool:
        return host in (None, entity)

    rows = [replace(BY_KIND[kind], find=_HostFaults(hosts, kind), settled=over) for kind in OWN_KINDS]
    return judge_rows(expire_alarms(picture.own, now), rows, now, AlarmSource.CONSOLE)
