"""The console's configuration, `pairwatch.toml`: which pairs to watch and how.

    [[pair]]                                 one for each pair
    name = "example-pair"                    the pair's name on its servers
    environment = "production"               shown on every screen
    colour = "#7a1f1f"                       the header's ground: production looks like production
    write = false                            true: actions may be taken from here
    [[pair.server]]                          exactly two, a main and a backup
    name = "dhcp-a"
    role = "main"
    api = "http://127.0.0.11:8067"
    user = "admin"
    password_file = "password"               or the environment's PAIRWATCH_PASSWORD
    log = "dhcp-a/logs/name_dhcp_1_log"      without it the log is read through the API
    trap_sources = ["127.0.0.11"]            whose traps are this server's
    [traps]
    listen = ["0.0.0.0:1162", "[::]:1162"]   one, or several; 127.0.0.1:1162 unless told
    communities = ["public"]                 "public" unless there are tables of communities or users
    sources = ["192.0.2.0/24"]               who may send at all; everybody unless told
    rate_limit = 500                         notifications a second of one source; 0, the default: no limit
    queue = 50000                            datagrams that wait for a slow console; more are dropped and counted
    receive_buffer = 4194304                 octets to ask the kernel for, for each listener; 0: its default
    engine_id = "80004fb805..."              of our SNMPv3 engine; made and kept in the state directory unless told
    state = "snmp"                           the directory for that and its boots
    [[traps.community]]
    name_file = "community"                  or name, or name_variable
    networks = ["192.0.2.0/24"]              who may use it
    [[traps.user]]                           SNMPv3; its level is what it has keys for, and no lower one is accepted
    name = "noc"
    auth = "sha-256"
    auth_key_file = "noc.auth"               of mode 0600; or auth_key, or auth_key_variable
    priv = "aes-128"
    priv_key_variable = "NOC_PRIV_KEY"       or priv_key, or priv_key_file
    engine_ids = ["80001f8880..."]           whose traps; any sender that has the keys unless told
    networks = ["192.0.2.0/24"]
    [[notify]]                               who is told of alarms (docs/alarms.md); needs pairwatch[notify]
    name = "pager"
    url_file = "pager.url"                   of mode 0600, one apprise URL a line; or url = ["json://..."]
    severities = ["critical", "major"]
    quiet = { begin = 22:00:00, end = 07:00:00, zone = "Europe/Berlin", passes = ["critical"] }
    delay_seconds = 30                       only what stands for so long
    repeat_minutes = 60                      again, while nobody owns it
    escalate_minutes = 15                    without an owner
    escalate_to = "manager"                  the name of another [[notify]]
    at_most = 10                             messages in ten minutes; the rest in one
    [console]
    poll_interval = 1.0
    theme = "night"
    journal = "journal.db"                   a file, or a database URL (postgresql+psycopg://...) to share
    collect = "auto"                         never: watch what `pairwatch collect` or another console gathers
    attention = "off"                        bell, or terminal: for new critical alarms (docs/alarms.md)
    audit_log = "audit.log"
    [keys]                                   bindings by name, `pairwatch config --keys` lists them
    "pair.set-partner-down" = "ctrl+d"       one key, or several: "a,f5"

Paths are relative to the file. Everything that is wrong is reported at once, each with its line.
"""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from console import paths
from console.errors import ConfigError
from console.model.picture import OWN
from console.notifyconfig import Attention, NotifySettings, faults
from console.toml_lines import line_of, places
from console.trapconfig import TrapSettings, endpoint

__all__ = [
    "ConsoleSettings",
    "PairSettings",
    "ServerSettings",
    "Settings",
    "TrapSettings",
    "endpoint",
    "load",
    "password",
]

PASSWORD_VARIABLE = "PAIRWATCH_PASSWORD"


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write http://HOST:PORT or https://HOST:PORT")
    return text.rstrip("/")


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(_Table):
    """One server of a pair."""

    name: Annotated[str, Field(min_length=1)]
    role: Literal["main", "backup"]
    api: Annotated[str, AfterValidator(_url)]
    user: Annotated[str, Field(min_length=1)]
    password_file: Path | None = None
    log: Path | None = None
    trap_sources: tuple[Annotated[str, AfterValidator(_address)], ...] = ()


class PairSettings(_Table):
    """One pair: its two servers, and whether it may be changed from here."""

    name: Annotated[str, Field(min_length=1)]
    environment: str = ""
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    write: bool = False
    server: tuple[ServerSettings, ...]

    @model_validator(mode="after")
    def _two_servers(self) -> "PairSettings":
        if sorted(server.role for server in self.server) != ["backup", "main"]:
            raise ValueError("a pair has exactly two servers, one with role main and one with role backup")
        if len({server.name for server in self.server}) != 2:
            raise ValueError("the two servers of a pair need different names")
        return self


class ConsoleSettings(_Table):
    """The console itself. `poll_interval` is in seconds; observations are kept for `journal_days`, and the oldest are
    dropped beyond `journal_megabytes`. `collect = "never"`: leave polling and traps to others who share the journal.
    """

    poll_interval: Annotated[float, Field(ge=0.2, le=60)] = 1.0
    theme: str = "night"
    journal: str | None = None
    journal_days: Annotated[float, Field(gt=0)] = 14.0
    journal_megabytes: Annotated[float, Field(gt=0)] = 1024.0
    collect: Literal["auto", "never"] = "auto"
    attention: Attention = "off"
    audit_log: Path | None = None


class Settings(_Table):
    """The whole file. `pair` may not be empty: a console without a pair has nothing to say."""

    pair: tuple[PairSettings, ...]
    traps: TrapSettings = TrapSettings()
    notify: tuple[NotifySettings, ...] = ()
    console: ConsoleSettings = ConsoleSettings()
    keys: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _distinct(self) -> "Settings":
        if not self.pair:
            raise ValueError("it names no pair: add a [[pair]]")
        names = [pair.name for pair in self.pair]
        if len(set(names)) != len(names):
            raise ValueError("two pairs have the same name")
        if OWN in names:
            raise ValueError(f"a pair cannot be called {OWN}: so the console calls itself")
        fault = faults(self.notify, set(names))
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
        faults = sorted((line_of(found, fault["loc"]), _words(fault)) for fault in wrong.errors())
        raise ConfigError(*(f"{path}:{line}: {words}" for line, words in faults)) from wrong
    return _absolute(settings, path.resolve().parent)


def password(server: ServerSettings) -> str:
    """The password for a server: from its file, else from the environment. Raises ConfigError when neither
    has it."""
    if server.password_file is None:
        found = os.environ.get(PASSWORD_VARIABLE)
        if found is None:
            raise ConfigError(f"no password for {server.name}: set password_file or {PASSWORD_VARIABLE}")
        return found
    try:
        return server.password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the password file of {server.name}: {error}") from error


def _words(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"]) or "the file"
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "missing":
        return f"{where} is missing: add it"
    if fault["type"] == "extra_forbidden":
        return f"{where} is no setting of this table: remove it or correct its name"
    secret = fault["loc"][:1] == ("notify",)
    whole_table = secret or isinstance(fault["input"], dict | list)
    return f"{where}: {message}" if whole_table else f"{where} is {fault['input']!r}: {message}"


def _absolute(settings: Settings, folder: Path) -> Settings:
    def beside(path: Path | None) -> Path | None:
        return None if path is None else folder / path.expanduser()

    pairs = []
    for pair in settings.pair:
        servers = tuple(
            server.model_copy(update={"password_file": beside(server.password_file), "log": beside(server.log)})
            for server in pair.server
        )
        pairs.append(pair.model_copy(update={"server": servers}))
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
