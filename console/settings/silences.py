"""The `[[silence]]` tables of `pairwatch.toml`: alarms that are silenced in a weekly window.

[[silence]]
name = "patching"
environments = ["lab"]
days = ["sat", "sun"]
begin = 02:00:00
end = 04:00:00
zone = "Europe/Berlin"
reason = "servers are restarted"
"""

from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from console.insight.alarms.planned import Plan
from console.settings.notify import known_kind, known_zone

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class SilenceSettings(BaseModel):
    """One planned silence. At least one of `pairs`, `environments` and `kinds` is given; a missing one means all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    """Its name, shown in the reason of each silence."""
    pairs: tuple[str, ...] = ()
    """Names of pairs."""
    environments: tuple[str, ...] = ()
    """Environments of pairs."""
    kinds: tuple[Annotated[str, AfterValidator(known_kind)], ...] = ()
    """Kinds of alarms (docs/alarms.md)."""
    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    """The days on which the window begins: mon, tue, wed, thu, fri, sat, sun."""
    begin: time
    """When it begins, by the clock of the zone."""
    end: time
    """When it ends; not after the begin: on the next day."""
    zone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    """The name of the zone, such as Europe/Berlin."""
    reason: str = ""
    """Why, for the history of the alarms."""

    @model_validator(mode="after")
    def _limited(self) -> "SilenceSettings":
        if not (self.pairs or self.environments or self.kinds):
            raise ValueError("it would silence every alarm: name pairs, environments or kinds")
        if self.begin == self.end or self.begin.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("begin and end are two different times without a zone, such as 02:00:00 and 04:00:00")
        return self

    def plan(self) -> Plan:
        """The plan of this table."""
        return Plan(
            self.name,
            self.pairs,
            self.environments,
            self.kinds,
            self.days,
            self.begin,
            self.end,
            ZoneInfo(self.zone),
            reason=self.reason,
        )


def silence_fault(silences: tuple[SilenceSettings, ...], pairs: set[str]) -> str | None:
    """The first fault between the tables and the pairs; None without one."""
    names = [each.name for each in silences]
    if len(set(names)) != len(names):
        return "two silences have the same name"
    for each in silences:
        unknown = set(each.pairs) - pairs
        if unknown:
            return f"silence {each.name!r}: no pair {sorted(unknown)[0]!r} is configured"
    return None
