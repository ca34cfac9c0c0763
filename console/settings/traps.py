"""The `[traps]` table of `pairwatch.toml`: where notifications are received, and from whom.

Secrets are in the file, or better in a file of their own that no other user can read, or in the environment; they are
read when the receiver is opened, and appear in no error.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from console.errors import SourceError
from console.makes.settings import source_network
from console.settings.addresses import Endpoint, Network
from console.settings.forwarding import ForwardSettings
from console.settings.secrets import Secret, SecretTable, one_of, secret_of
from snmp.security.access import AuthProtocol, PrivProtocol, User, engine_id, fault_of

DEFAULT_LISTEN = "127.0.0.1:1162"
DEFAULT_COMMUNITIES = ("public",)


def _engine_id(text: str) -> str:
    if engine_id(text) is None:
        raise ValueError("an engine ID is 5 to 32 octets in hexadecimal")
    return text


def _one_or_several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


EngineId = Annotated[str, AfterValidator(_engine_id)]
ModuleName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]


class CommunitySettings(SecretTable):
    """A community of SNMPv1 and SNMPv2c, and where it may be used from."""

    name: Secret | None = Field(default=None, repr=False)
    """The community. Better in a file, or in the environment."""
    name_file: Path | None = None
    """A file of mode 0600 that has it."""
    name_variable: str | None = None
    """The environment's variable that has it."""
    networks: tuple[Network, ...] = ()
    """Networks that may use it; default: all."""

    @model_validator(mode="after")
    def _named(self) -> "CommunitySettings":
        one_of(self, "name", needed=True)
        return self

    def community(self) -> str:
        """Raises SourceError when it cannot be read."""
        return secret_of(self, "name", "a trap community")


class TrapUserSettings(SecretTable):
    """A user of SNMPv3."""

    name: Annotated[str, Field(min_length=1)]
    """Its security name."""
    auth: AuthProtocol | None = None
    """The authentication protocol: md5, sha, sha-224, sha-256, sha-384 or sha-512."""
    auth_key: Secret | None = Field(default=None, repr=False)
    """Its pass phrase, of eight characters at least. Better in a file, or in the environment."""
    auth_key_file: Path | None = None
    """A file of mode 0600 that has it."""
    auth_key_variable: str | None = None
    """The environment's variable that has it."""
    priv: PrivProtocol | None = None
    """The privacy protocol."""
    priv_key: Secret | None = Field(default=None, repr=False)
    """Its pass phrase."""
    priv_key_file: Path | None = None
    """A file of mode 0600 that has it."""
    priv_key_variable: str | None = None
    """The environment's variable that has it."""
    engine_ids: tuple[EngineId, ...] = ()
    """The engines that may send as this user, in hexadecimal; default: any that has the keys."""
    networks: tuple[Network, ...] = ()
    """Networks that it may send from; default: all."""

    @model_validator(mode="after")
    def _usable(self) -> "TrapUserSettings":
        one_of(self, "auth_key", needed=self.auth is not None)
        one_of(self, "priv_key", needed=self.priv is not None)
        # A key outside this file is checked when it is read; until then it counts as long enough.
        unread = "x" * 8
        keys = {
            what: getattr(self, what) or (unread if protocol is not None else "")
            for what, protocol in (("auth_key", self.auth), ("priv_key", self.priv))
        }
        fault = fault_of(User(self.name, self.auth, keys["auth_key"], self.priv, keys["priv_key"], self.engine_ids))
        if fault is not None:
            raise ValueError(f"{fault[0]}: {fault[1]}")
        return self

    def user(self) -> User:
        """Raises SourceError when a key cannot be read or cannot be used."""
        owner = f"the trap user {self.name}"
        auth_key, priv_key = secret_of(self, "auth_key", owner), secret_of(self, "priv_key", owner)
        user = User(self.name, self.auth, auth_key, self.priv, priv_key, self.engine_ids, self.networks)
        if (fault := fault_of(user)) is not None:
            raise SourceError(f"{fault[0]} of {owner}: {fault[1]}")
        return user


class DeviceSettings(SecretTable):
    """Other equipment that sends traps: the switch of a relay, a UPS. Its traps appear at the pairs it matters to."""

    name: Annotated[str, Field(min_length=1)]
    """What it is called on the screens."""
    sources: Annotated[tuple[Annotated[str, AfterValidator(source_network)], ...], Field(min_length=1)]
    """The addresses or networks from which its notifications come."""
    pairs: Annotated[tuple[str, ...], Field(min_length=1)]
    """The pairs that it matters to."""


class EventSettings(SecretTable):
    """A trap that raises an alarm, and the trap that ends it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    """The name of the event: small letters, digits and hyphens."""
    trap: Annotated[str, Field(min_length=1)]
    """The OID of the trap, or its name: built in, or of a loaded MIB module. An OID ending in .* means all below it."""
    severity: Literal["critical", "major", "warning", "info"] = "warning"
    """The severity of the alarm."""
    clear: str | None = None
    """The OID or the name of the trap that ends the alarm; without it a person does."""
    per: tuple[str, ...] = ()
    """The varbinds, by name or OID, that distinguish faults: an alarm for each interface, for example if-index."""
    text: str = ""
    """The text of the alarm."""


class TrapSettings(SecretTable):
    """Where notifications are received, and from whom. Port 1162 needs no privilege; 162 does."""

    listen: Annotated[tuple[Endpoint, ...], BeforeValidator(_one_or_several), Field(min_length=1)] = (DEFAULT_LISTEN,)
    """ADDRESS:PORT or [ADDRESS]:PORT, one or several. 1162 needs no privilege; 162 does."""
    communities: tuple[Secret, ...] = Field(default=DEFAULT_COMMUNITIES, repr=False)
    """Communities that may be used from anywhere; public, unless communities or users are given as tables."""
    community: tuple[CommunitySettings, ...] = ()
    """Communities with the networks that may use them."""
    user: tuple[TrapUserSettings, ...] = ()
    """Users of SNMPv3; their keys give the level, and no lower one is accepted."""
    sources: tuple[Network, ...] = ()
    """Networks that may send traps; default: all."""
    rate_limit: Annotated[float, Field(ge=0)] = 0.0
    """Notifications a second of one source; 0: no limit."""
    queue: Annotated[int, Field(ge=100, le=10_000_000)] = 50_000
    """Datagrams that wait for a slow console; more are dropped and counted."""
    receive_buffer: Annotated[int, Field(ge=0, le=2**30)] = 4 * 1024 * 1024
    """Octets to ask the kernel for, for each listener; 0: its default."""
    engine_id: EngineId | None = None
    """The ID of the SNMPv3 engine; default: made once, and kept in the state directory."""
    state: Path | None = None
    """The directory for that and for its boots."""
    mib_dirs: tuple[Path, ...] = ()
    """Directories with MIB modules, for the names of traps and their values. Without sub-directories."""
    mibs: tuple[ModuleName, ...] = ()
    """The modules to load; default: all in these directories."""
    device: tuple[DeviceSettings, ...] = ()
    """Other equipment, with the pairs that it matters to."""
    event: tuple[EventSettings, ...] = ()
    """Traps that raise alarms."""
    forward: tuple[ForwardSettings, ...] = ()
    """Receivers to which notifications are forwarded."""

    @model_validator(mode="after")
    def _distinct(self) -> "TrapSettings":
        names = [user.name for user in self.user]
        if len(set(names)) != len(names):
            raise ValueError("two users have the same name")
        return self

    @model_validator(mode="after")
    def _has_directories(self) -> "TrapSettings":
        if self.mibs and not self.mib_dirs:
            raise ValueError("mibs needs mib_dirs, the directories with the files of the modules")
        return self

    @property
    def open_communities(self) -> tuple[str, ...]:
        """The communities without a network. `public` is among them only if no community or user is configured."""
        if (self.community or self.user) and "communities" not in self.model_fields_set:
            return ()
        return self.communities

    def beside(self, folder: Path) -> "TrapSettings":
        """The same with relative paths made absolute."""

        def absolute(table: BaseModel, *names: str) -> Any:
            paths = {name: getattr(table, name) for name in names}
            return table.model_copy(
                update={name: folder / path.expanduser() for name, path in paths.items() if path is not None}
            )

        return absolute(self, "state").model_copy(  # type: ignore[no-any-return]
            update={
                "mib_dirs": tuple(folder / path.expanduser() for path in self.mib_dirs),
                "community": tuple(absolute(each, "name_file") for each in self.community),
                "forward": tuple(absolute(each, "community_file") for each in self.forward),
                "user": tuple(absolute(each, "auth_key_file", "priv_key_file") for each in self.user),
            }
        )
