"""The `[[notify]]` tables of `pairwatch.toml`: which alarms are sent where, when, and how often.

A URL is a secret, since it holds tokens and passwords: it is in a file that no other user can read, or here, and
appears in no error, no log and on no screen.
"""

import stat
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from console.errors import ConfigError
from console.model.alarm_kinds import AlarmKind

SeverityName = Literal["critical", "major", "warning", "info", "unknown"]
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


def known_zone(text: str) -> str:
    """The name of a time zone. Raises ValueError for another text."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("write the name of a time zone, such as Europe/Berlin or UTC") from error
    return text


def known_kind(text: str) -> str:
    """The name of a kind of alarm. Raises ValueError for another text."""
    if text not in [str(each) for each in AlarmKind]:
        raise ValueError("no alarm is of this kind: docs/alarms.md has them all")
    return text


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class QuietHours(_Table):
    """From `begin` to `end` by the clock of `zone`, over midnight when the end is earlier; `passes` are the severities
    that are sent all the same."""

    begin: time
    """When they begin, by the clock of the zone."""
    end: time
    """When they end; earlier than the begin: the next day."""
    zone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    """The name of the zone, such as Europe/Berlin."""
    passes: tuple[SeverityName, ...] = ("critical",)
    """Severities that are sent all the same."""

    @model_validator(mode="after")
    def _some_time(self) -> "QuietHours":
        if self.begin == self.end or self.begin.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("begin and end are two different times without a zone, such as 22:00:00 and 07:00:00")
        return self


class NotifySettings(_Table):
    """One notification. Without `kinds`, `pairs` or `environments` it is about all of them.

    `delay_seconds`: only alarms active for so long. `repeat_minutes`: again while it has no owner; 0: never.
    `escalate_minutes`: after so long without an owner the notification named `escalate_to` is sent too.
    Beyond `at_most` messages in ten minutes the others are sent in one message.
    """

    name: Annotated[str, Field(min_length=1, pattern=r"^[^/]+$")]
    """Its name, for escalate_to of others."""
    url: tuple[SecretStr, ...] = ()
    """apprise URLs. They are secrets: better in a file."""
    url_file: Path | None = None
    """A file of mode 0600 with one apprise URL a line."""
    severities: tuple[SeverityName, ...] = ("critical", "major")
    """Which alarms; [] for a notification that is only escalated to."""
    kinds: tuple[Annotated[str, AfterValidator(known_kind)], ...] = ()
    """Kinds of alarms (docs/alarms.md); default: all."""
    pairs: tuple[str, ...] = ()
    """Names of pairs; default: all."""
    environments: tuple[str, ...] = ()
    """Environments of pairs; default: all."""
    quiet: QuietHours | None = None
    """When only the gravest alarms are sent."""
    delay_seconds: Annotated[float, Field(ge=0)] = 0.0
    """Only alarms that are active for so long."""
    repeat_minutes: Annotated[float, Field(ge=0)] = 0.0
    """Again after so long without an owner; 0: never."""
    escalate_minutes: Annotated[float, Field(gt=0)] | None = None
    """Without an owner after so long, it is sent to escalate_to as well."""
    escalate_to: str | None = None
    """The name of another notification."""
    resolved: bool = True
    """Whether the end of an alarm is sent."""
    at_most: Annotated[int, Field(ge=1)] = 10
    """Messages in ten minutes; the others are sent in one."""

    @model_validator(mode="after")
    def _whole(self) -> "NotifySettings":
        if bool(self.url) == (self.url_file is not None):
            raise ValueError("give either url or url_file")
        if (self.escalate_minutes is None) != (self.escalate_to is None):
            raise ValueError("escalate_minutes and escalate_to go together")
        return self

    def beside(self, folder: Path) -> "NotifySettings":
        """With its file's path made absolute."""
        if self.url_file is None:
            return self
        return self.model_copy(update={"url_file": folder / self.url_file.expanduser()})

    def urls(self) -> list[str]:
        """The URLs, from the file if they stand there, one a line. Raises ConfigError, which names no URL."""
        if self.url_file is None:
            return [each.get_secret_value() for each in self.url]
        try:
            if self.url_file.stat().st_mode & _OTHERS_MAY:
                raise ConfigError(f"others may read {self.url_file}: chmod 600 it")
            lines = self.url_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"cannot read the URLs of the notification {self.name}: {error}") from error
        found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        if not found:
            raise ConfigError(f"{self.url_file} has no URL: write one a line")
        return found


def faults(notifications: tuple[NotifySettings, ...], pairs: set[str]) -> str | None:
    """The first fault between the tables; None without one."""
    names = [each.name for each in notifications]
    if len(set(names)) != len(names):
        return "two notifications have the same name"
    for each in notifications:
        if each.escalate_to is not None and (each.escalate_to not in names or each.escalate_to == each.name):
            return f"notify {each.name!r}: escalate_to names no other notification"
        unknown = set(each.pairs) - pairs
        if unknown:
            return f"notify {each.name!r}: no pair {sorted(unknown)[0]!r} is configured"
    return None
