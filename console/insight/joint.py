"""Both servers of a pair at one time: the input of verdict, banners, numbers and diagnosis."""

from dataclasses import dataclass
from datetime import tzinfo

from console.insight.freshness import is_seen, last_phase, main_first
from console.insight.wording import duration
from console.model.facts import PairFacts
from console.model.phases import RECOVERING, Phase
from console.model.picture import PairPicture, ServerPicture


@dataclass(frozen=True, slots=True)
class Joint:
    """Both servers of a pair at `now`: the input of verdict, banners and diagnosis."""

    pair: PairPicture
    main: ServerPicture
    backup: ServerPicture
    now: float
    zone: tzinfo

    def seen(self, server: ServerPicture) -> bool:
        """Whether the server answers now."""
        return is_seen(server, self.now)

    def phase(self, server: ServerPicture) -> Phase | None:
        """The live phase; `None` when the server is not seen."""
        return last_phase(server) if self.seen(server) else None

    @property
    def phases(self) -> tuple[Phase | None, Phase | None]:
        """The live phases of main and backup."""
        return self.phase(self.main), self.phase(self.backup)

    @property
    def visible(self) -> ServerPicture | None:
        """The one server that is seen when exactly one is."""
        seen = [server for server in (self.main, self.backup) if self.seen(server)]
        return seen[0] if len(seen) == 1 else None

    @property
    def each_way(self) -> tuple[tuple[ServerPicture, ServerPicture], ...]:
        """Each server with its partner."""
        return (self.main, self.backup), (self.backup, self.main)

    @property
    def stranded(self) -> ServerPicture | None:
        """The server that recovers and has lost its partner, which is not seen: it answers no new client."""
        for server, other in self.each_way:
            facts = server.facts
            if self.phase(server) in RECOVERING and facts and facts.contact is False and not self.seen(other):
                return server
        return None

    def ago(self, server: ServerPicture) -> str:
        """How long ago the server entered its state, ` 12 min 05 s ago`; empty where it does not report that."""
        since = server.facts.since if server.facts else None
        return f" {duration(self.now - since)} ago" if since is not None else ""

    @property
    def known(self) -> tuple[PairFacts, ...]:
        """The facts of the servers that are seen."""
        return tuple(each.facts for each in (self.main, self.backup) if each.facts and self.seen(each))


def joint(pair: PairPicture, now: float, zone: tzinfo) -> Joint:
    """The pair's main and backup by their configured roles."""
    main, backup = main_first(pair.servers.values())
    return Joint(pair, main, backup, now, zone)
