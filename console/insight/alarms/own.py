"""Alarms about the console itself: one for each host and trouble, not one for each pair.

They follow from what the processes say of themselves (`Health`). A counter that grew raises an alarm that ends when it
has not grown for five minutes: it is looked at all the time, so that is seen and not silence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from console.insight.alarms.judging import judged_by
from console.insight.alarms.lifecycle import expired
from console.insight.alarms.row import Fault
from console.insight.alarms.table import BY_KIND, severity_of
from console.insight.wording import MINUTE
from console.model.alarm_kinds import AlarmKind
from console.model.picture import AlarmSource, Host, PairPicture, Picture

QUIET_SECONDS = 5 * MINUTE
HEARD_SECONDS = 10 * MINUTE
"""Who has said nothing for so long has ended, and its troubles with it."""

TROUBLES: dict[str, AlarmKind] = {
    "journal": AlarmKind.JOURNAL_NOT_WRITTEN,
    "collector": AlarmKind.COLLECTOR_GONE,
    "notification": AlarmKind.NOTIFICATION_FAILED,
    "source": AlarmKind.SOURCE_FAILED,
}
"""Troubles by the name that Health gives them."""

COUNTERS: dict[str, tuple[AlarmKind, str]] = {
    "journal-dropped": (AlarmKind.JOURNAL_ENTRIES_DROPPED, "entries of the journal were dropped: it could not follow"),
    "traps-dropped": (AlarmKind.TRAPS_DROPPED, "notifications were dropped: more came than were read"),
    "traps-kernel-drops": (AlarmKind.TRAPS_DROPPED, "notifications were dropped by the kernel: its buffer was full"),
    "traps-rejected": (AlarmKind.TRAPS_REJECTED, "notifications were refused: wrong community, user, key or source"),
}


@dataclass(frozen=True, slots=True)
class _Hosts:
    """The findings of one kind over all hosts."""

    hosts: Mapping[str, Host]
    kind: AlarmKind

    def __call__(self, own: PairPicture, now: float) -> Iterator[Fault]:
        for name, host in self.hosts.items():
            words = self._words(host, now) if now - host.said_at < HEARD_SECONDS else None
            if words is not None:
                yield Fault(self.kind, name, severity_of(self.kind), f"{name}: {words}")

    def _words(self, host: Host, now: float) -> str | None:
        for trouble, kind in TROUBLES.items():
            if kind == self.kind and host.facts.get(trouble) is not None:
                return host.facts[trouble]
        grown = [
            (host.grew_at[counter], words)
            for counter, (kind, words) in COUNTERS.items()
            if kind == self.kind and now - host.grew_at.get(counter, float("-inf")) < QUIET_SECONDS
        ]
        return max(grown)[1] if grown else None


OWN_KINDS = tuple(dict.fromkeys([*TROUBLES.values(), *(kind for kind, _ in COUNTERS.values())]))


def judged_own(picture: Picture, now: float, host: str | None = None) -> PairPicture:
    """The console's own alarms, judged at `now`: of one host, or of all and of those that are not heard any more."""
    hosts = picture.hosts if host is None else {host: picture.hosts[host]}

    def over(own: PairPicture, now: float, entity: str) -> bool:
        return host in (None, entity)

    rows = [replace(BY_KIND[kind], find=_Hosts(hosts, kind), settled=over) for kind in OWN_KINDS]
    return judged_by(expired(picture.own, now), rows, now, AlarmSource.CONSOLE)
