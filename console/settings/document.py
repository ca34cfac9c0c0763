"""The console's configuration, `pairwatch.toml`: which pairs to watch and how.

    [[pair]]
    name = "example-pair"
    environment = "production"
    [[pair.server]]                          exactly two, a main and a backup
    name = "dhcp-a"
    role = "main"
    api = "http://127.0.0.11:8067"
    user = "admin"
    password_file = "password"

Every setting is documented where it is declared, and `pairwatch config --explain` shows it with its value.
Paths are relative to the file. Everything that is wrong is reported at once, each with its line.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from console.errors import ConfigError
from console.makes.registry import DEFAULT, PROFILES, ServerSettings
from console.model.picture import OWN
from console.settings import paths
from console.settings.addresses import Endpoint, endpoint
from console.settings.forwarding import forward_faults
from console.settings.notify import NotifySettings, faults
from console.settings.outline import Attention
from console.settings.silences import SilenceSettings, silence_fault
from console.settings.toml_lines import line_of, places
from console.settings.traps import TrapSettings

__all__ = [
    "ConsoleSettings",
    "PairSettings",
    "ServerSettings",
    "Settings",
    "TrapSettings",
    "endpoint",
    "load",
]

MAKE_AT = 4
"""Where the validation of a server's table puts its make into the place of a fault: pair.0.server.1.pairwatch.api."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PairSettings(_Table):
    """One pair: its two servers, and whether it may be changed from here."""

    name: Annotated[str, Field(min_length=1)]
    """The pair's name on its servers."""
    environment: str = ""
    """A word such as production or lab, shown on every screen."""
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    """The ground of the header, #RRGGBB: production should look like production."""
    write: bool = False
    """Whether actions are allowed from here; --write and --read-only override it for one run."""
    make: str = DEFAULT
    """The make of its servers: pairwatch or isc. A server may name another one for itself."""
    server: tuple[ServerSettings, ...]
    """Exactly two, a main and a backup."""

    @model_validator(mode="before")
    @classmethod
    def _makes_named(cls, raw: Any) -> Any:
        """Each server with its make: its own, else the pair's."""
        if not isinstance(raw, dict) or not isinstance(raw.get("server"), list | tuple):
            return raw
        make = raw.get("make", DEFAULT)
        servers = [{"make": make, **each} if isinstance(each, dict) else each for each in raw["server"]]
        return {**raw, "server": servers}

    @field_validator("make")
    @classmethod
    def _known_make(cls, text: str) -> str:
        if text not in PROFILES:
            raise ValueError(f"write one of {', '.join(PROFILES)}")
        return text

    @model_validator(mode="after")
    def _two_servers(self) -> "PairSettings":
        if sorted(server.role for server in self.server) != ["backup", "main"]:
            raise ValueError("a pair has exactly two servers, one with role main and one with role backup")
        if len({server.name for server in self.server}) != 2:
            raise ValueError("the two servers of a pair need different names")
        shared = set(self.server[0].trap_sources) & set(self.server[1].trap_sources)
        if shared:
            raise ValueError(
                f"{min(shared)} is in trap_sources of both servers: each trap would go to one of them. Behind an "
                "address translation name the agents' own addresses (agent-addr of v1, snmpTrapAddress of v2c)"
            )
        return self


class ConsoleSettings(_Table):
    """The console itself. `poll_interval` is in seconds; observations are kept for `journal_days`, and the oldest are
    dropped beyond `journal_megabytes`. `collect = "never"`: leave polling and traps to the others.
    """

    poll_interval: Annotated[float, Field(ge=0.2, le=60)] = 1.0
    """Seconds between two questions to a server."""
    theme: str = "night"
    """The colours: night, day, contrast, colour-blind, or one of your own (docs/console.md)."""
    journal: str | None = None
    """The journal: a file, or a database URL (postgresql+psycopg://...) to share. Unset: in the state directory."""
    journal_days: Annotated[float, Field(gt=0)] = 14.0
    """Days for which observations are kept."""
    journal_megabytes: Annotated[float, Field(gt=0)] = 1024.0
    """The most that they may take; beyond it the oldest are dropped."""
    collect: Literal["auto", "never"] = "auto"
    """auto: collect unless another console on the journal does. never: only read what others collect."""
    attention: Attention = "off"
    """How new critical alarms call: off, bell, or terminal (a notification, where the terminal has them)."""
    audit_log: Path | None = None
    """The audit log. Unset: in the state directory."""
    operator: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    """The operator's name for the audit log, beside the login name; ask: asked at the start, where several people
    share a login."""


class CollectSettings(_Table):
    """`pairwatch collect`."""

    metrics: Endpoint | None = None
    """ADDRESS:PORT of /metrics for Prometheus, such as 127.0.0.1:9464; without a login. Unset: off."""


class Settings(_Table):
    """The whole file. It must have at least one pair."""

    pair: tuple[PairSettings, ...]
    """One for each pair."""
    traps: TrapSettings = TrapSettings()
    """Where notifications are received, and from whom."""
    notify: tuple[NotifySettings, ...] = ()
    """Notifications about alarms (docs/alarms.md); needs pairwatch[notify]."""
    silence: tuple[SilenceSettings, ...] = ()
    """Planned silences of alarms, in weekly windows (docs/alarms.md)."""
    console: ConsoleSettings = ConsoleSettings()
    """The console itself."""
    collect: CollectSettings = CollectSettings()
    """The collector, `pairwatch collect`."""
    keys: Mapping[str, str] = {}
    """Bindings by name, each with one key or several ("a,f5"); `pairwatch config --keys` lists them."""

    @model_validator(mode="after")
    def _distinct(self) -> "Settings":
        if not self.pair:
            raise ValueError("it names no pair: add a [[pair]]")
        names = [pair.name for pair in self.pair]
        if len(set(names)) != len(names):
            raise ValueError("two pairs have the same name")
        if OWN in names:
            raise ValueError(f"a pair cannot be called {OWN}: so the console calls itself")
        unknown = next((pair for each in self.traps.device for pair in each.pairs if pair not in names), None)
        if unknown is not None:
            raise ValueError(f"traps.device names the pair {unknown!r}, which is not configured")
        fault = faults(self.notify, set(names)) or silence_fault(self.silence, set(names))
        if fault is not None:
            raise ValueError(fault)
        return self

    @property
    def journal_url(self) -> str:
        """The database URL of the journal."""
        journal = self.console.journal
        if journal is not None and "://" in journal:
            return journal
        return f"sqlite:///{journal or paths.journal_file()}"

    @property
    def audit_log(self) -> Path:
        return self.console.audit_log or paths.audit_file()

    def named(self, name: str) -> PairSettings:
        """The pair of that name. Raises ConfigError naming those that exist."""
        for pair in self.pair:
            if pair.name == name:
                return pair
        known = ", ".join(pair.name for pair in self.pair)
        raise ConfigError(f"no pair {name!r} is configured: choose one of {known}")


def load(path: Path) -> Settings:
    """The settings in the file at `path`, its relative paths made absolute.

    Raises ConfigError with one line for each fault: file, line, key, what is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text: save it as UTF-8") from error
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as wrong:
        found = places(text)
        faults = sorted((line_of(found, _place(fault)), _words(fault)) for fault in wrong.errors())
        raise ConfigError(*(f"{path}:{line}: {words}" for line, words in faults)) from wrong
    traps = settings.traps
    wrong_rules = list(forward_faults(traps.forward, traps.listen, [user.name for user in traps.user]))
    if wrong_rules:
        found = places(text)
        lines = [line_of(found, ("traps", "forward", number, key)) for number, key, _ in wrong_rules]
        raise ConfigError(*(f"{path}:{line}: {each[2]}" for line, each in zip(lines, wrong_rules, strict=True)))
    return _absolute(settings, path.resolve().parent)


def _place(fault: Any) -> tuple[int | str, ...]:
    """Where a fault is in the file: the path of a server's table has no part for its make."""
    place: tuple[int | str, ...] = fault["loc"]
    if len(place) > MAKE_AT and place[0] == "pair" and place[2] == "server" and place[MAKE_AT] in PROFILES:
        return (*place[:MAKE_AT], *place[MAKE_AT + 1 :])
    if fault["type"].startswith("union_tag"):
        return (*place, "make")
    return place


def _words(fault: Any) -> str:
    place = _place(fault)
    where = ".".join(str(part) for part in place) or "the file"
    if fault["type"].startswith("union_tag"):
        return f"{where} is {fault['input'].get('make')!r}: write one of {', '.join(PROFILES)}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "missing":
        return f"{where} is missing: add it"
    if fault["type"] == "extra_forbidden":
        return f"{where} is not a setting of this table: remove it or correct its name"
    secret = fault["loc"][:1] == ("notify",)
    whole_table = secret or isinstance(fault["input"], dict | list)
    return f"{where}: {message}" if whole_table else f"{where} is {fault['input']!r}: {message}"


def _absolute(settings: Settings, folder: Path) -> Settings:
    def beside(path: Path | None) -> Path | None:
        return None if path is None else folder / path.expanduser()

    pairs = [
        pair.model_copy(update={"server": tuple(server.beside(folder) for server in pair.server)})
        for pair in settings.pair
    ]
    console = settings.console
    journal = console.journal
    if journal is not None and "://" not in journal:
        journal = str(folder / Path(journal).expanduser())
    console = console.model_copy(update={"journal": journal, "audit_log": beside(console.audit_log)})
    return settings.model_copy(
        update={
            "pair": tuple(pairs),
            "console": console,
            "traps": settings.traps.beside(folder),
            "notify": tuple(each.beside(folder) for each in settings.notify),
        }
    )
