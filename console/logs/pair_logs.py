"""The logs of a pair as a console has them: files where they lie here, and lines that were told where they do not."""

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path

from console.insight.freshness import clock_offset, main_first
from console.logs.book import LogBook, file_source, line_source
from console.logs.observed import Heard, zone_of
from console.logs.recorded import Between, Recorded
from console.logs.spans import LINES_KEPT
from console.model.observations import LogLine
from console.model.picture import PairPicture


class PairLogs:
    """Holds the book of a pair, and feeds it what the picture tells.

    `paths` are the logs that lie here, by server; `local` is the zone of this host. `recorded` is where a recording has
    its observations: then the picture is one of the past that can be moved back, and no file is read.
    """

    def __init__(
        self, pair: PairPicture, paths: Mapping[str, Path], local: tzinfo, recorded: Between | None = None
    ) -> None:
        here = paths if recorded is None else {}
        self._paths = {name: path for name, path in here.items() if path.parent.is_dir()}
        self._local = local
        self._recorded = None if recorded is None else Recorded(recorded, pair.name)
        self._heard = Heard()
        self._retired: list[LogBook] = []
        self.book = self._opened(pair)

    @property
    def has_files(self) -> bool:
        """Whether any of the logs is a file here, which is read best in another thread."""
        return len(self._told) < len(self.book.sources)

    def origin(self, server: str) -> str:
        """Where the log of that server is read: the name of its file, or who tells it."""
        path = self._paths.get(server)
        return path.name if path is not None else "API" if self._recorded is None else "the recording"

    def look(self, pair: PairPicture, now: float) -> bool:
        """Take over what is told by then: lines, and how far clocks are ahead. Whether the book is another now."""
        anew = self._hear(pair, now)
        for source in self.book.sources:
            server = pair.servers.get(source.server)
            source.shift = 0 if server is None else round(clock_offset(server))
        return anew

    def tidy(self) -> None:
        """Close books that are not used any more; to be called when nobody reads in them."""
        for book in self._retired:
            book.close()
        self._retired.clear()

    def close(self) -> None:
        self.tidy()
        self.book.close()

    def _opened(self, pair: PairPicture) -> LogBook:
        sources, ahead = [], []
        for server in main_first(pair.servers.values()):
            path = self._paths.get(server.name)
            if path is not None:
                source, first = file_source(server.name, server.role, path, self._local)
            else:
                zone = zone_of(server.name, pair.logs, self._local)
                kept = LINES_KEPT if self._recorded is None else None
                source = first = line_source(server.name, server.role, zone, kept)
            sources.append(source)
            ahead.append(first)
        self._told = {each.server: number for number, each in enumerate(sources) if each is ahead[number]}
        self._take_everything()
        return LogBook(sources, ahead if len(self._told) < len(sources) else [])

    def _take_everything(self) -> None:
        self._heard.begin_anew()
        if self._recorded is not None:
            self._recorded.begin_anew()

    def _news(self, pair: PairPicture, now: float) -> list[LogLine] | None:
        return self._heard.news(pair.logs) if self._recorded is None else self._recorded.news(now)

    def _hear(self, pair: PairPicture, now: float) -> bool:
        if not self._told:
            return False
        if any(self._zone_is_known_better(pair, name) for name in self._told):
            return self._begin_anew(pair, now)
        news = self._news(pair, now)
        if news is None and self._recorded is not None:
            return self._begin_anew(pair, now)
        if news is None:
            self._heard.begin_anew()
            news = self._news(pair, now) or []
            for number in self._told.values():
                self.book.sources[number].lost = "came faster than it could be shown: lines are missing"
        for name, number in self._told.items():
            self.book.feed(number, [line.text for line in news if line.server == name])
        return False

    def _zone_is_known_better(self, pair: PairPicture, name: str) -> bool:
        zone = self.book.sources[self._told[name]].index.stamps.zone
        return zone_of(name, pair.logs, zone).utcoffset(None) != zone.utcoffset(None)

    def _begin_anew(self, pair: PairPicture, now: float) -> bool:
        """A recording was moved back, or a server's zone is known now: read again what is there."""
        wanted, search = self.book.filter, self.book.search
        self._retired.append(self.book)
        self.book = self._opened(pair)
        self.book.want(wanted)
        self.book.look_for(search)
        # What is known now is the same for the new book, so that this ends here.
        self._hear(pair, now)
        return True
