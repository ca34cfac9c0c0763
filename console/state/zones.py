"""The local zone of this process, with its rules for summer time."""

import os
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class LocalZone(tzinfo):
    """The zone that TZ or the host's clock settings name, for any date; read again at each use."""

    @property
    def key(self) -> str | None:
        """The name of the zone, such as Europe/Berlin; None where this host does not have it."""
        name = os.environ.get("TZ", "").removeprefix(":")
        if not name:
            try:
                name = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
            except OSError:
                return None
        try:
            return ZoneInfo(name).key if name else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None

    def utcoffset(self, moment: datetime | None) -> timedelta:
        return self._there(moment).utcoffset() or timedelta()

    def tzname(self, moment: datetime | None) -> str:
        return self._there(moment).tzname() or "local"

    def dst(self, moment: datetime | None) -> timedelta | None:
        return None

    def fromutc(self, moment: datetime) -> datetime:
        local = moment.replace(tzinfo=UTC).astimezone()
        # `astimezone` drops the fold, so compare with the first of the two equal wall times.
        first = local.replace(tzinfo=None, fold=0).astimezone()
        return local.replace(tzinfo=self, fold=int(first.utcoffset() != local.utcoffset()))

    def _there(self, moment: datetime | None) -> datetime:
        if moment is None:
            return datetime.now(UTC).astimezone()
        return moment.replace(tzinfo=None).astimezone()
