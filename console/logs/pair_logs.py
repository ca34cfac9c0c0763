"""The logs of a pair: files where they are on this host, lines from observations where they are not."""

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path

from console.insight.freshness import clock_offset, main_first
from console.logs.book import LogBook, file_source, line_source
from console.logs.observed import LogLineCursor, zone_of
from console.logs.recorded import ReadObservations, RecordingCursor
from console.logs.spans import MAX_LINES
from console.model.observations import LogLine
from console.model.picture import PairPicture


class PairLogs:
    """Holds the log book of a pair, and adds new lines from the picture to it.

    `paths` are the logs on this host, by server; `local` is the zone of this host. `recorded` reads the observations of
    a recording. With it, the picture is one of the past that can be moved back, and no file is read.
    """

    def __init__(
        self, pair: PairPicture, paths: Mapping[str, Path], local: tzinfo, recorded: ReadObservations | None = None
    ) -> None:
        here = paths if recorded is None else {}
        self._paths = {name: path for name, path in here.items() if path.parent.is_dir()}
        self._local = local
        self._recorded = None if recorded is None else RecordingCursor(recorded, pair.name)
        self._cursor = LogLineCursor()
        self._retired: list[LogBook] = []
        self.book = self._open_book(pair)

    @property
    def has_files(self) -> bool:
        """Whether any log is a file on this host. Files are read in another thread."""
        return len(self._observed) < len(self.book.sources)

    def origin(self, server: str) -> str:
        """Where the log of that server is read from: the name of a file, "API" or "the recording"."""
        path = self._paths.get(server)
        return path.name if path is not None else "API" if self._recorded is None else "the recording"

    def update(self, pair: PairPicture, now: float) -> bool:
        """Take new lines and clock offsets from the picture. Returns whether the book was replaced."""
        self.book.set_latest_time(now)
        replaced = self._add_new_lines(pair, now)
        for source in self.book.sources:
            server = pair.servers.get(source.server)
            source.shift = 0 if server is None else round(clock_offset(server))
        return replaced

    def close_retired(self) -> None:
        """Close books that were replaced. Call it while no thread reads in them."""
        for book in self._retired:
            book.close()
        self._retired.clear()

    def close(self) -> None:
        self.close_retired()
        self.book.close()

    def _open_book(self, pair: PairPicture) -> LogBook:
        sources, previews = [], []
        for server in main_first(pair.servers.values()):
            path = self._paths.get(server.name)
            if path is not None:
                source, preview = file_source(server.name, server.role, path, self._local)
            else:
                zone = zone_of(server.name, pair.logs, self._local)
                kept = MAX_LINES if self._recorded is None else None
                source = preview = line_source(server.name, server.role, zone, kept)
            sources.append(source)
            previews.append(preview)
        self._observed = {each.server: number for number, each in enumerate(sources) if each is previews[number]}
        self._reset_cursors()
        return LogBook(sources, previews if len(self._observed) < len(sources) else [])

    def _reset_cursors(self) -> None:
        self._cursor.reset()
        if self._recorded is not None:
            self._recorded.reset()

    def _new_lines(self, pair: PairPicture, now: float) -> list[LogLine] | None:
        return self._cursor.new_lines(pair.logs) if self._recorded is None else self._recorded.new_lines(now)

    def _add_new_lines(self, pair: PairPicture, now: float) -> bool:
        if not self._observed:
            return False
        if any(self._zone_changed(pair, name) for name in self._observed):
            return self._reopen(pair, now)
        new = self._new_lines(pair, now)
        if new is None and self._recorded is not None:
            return self._reopen(pair, now)
        if new is None:
            self._cursor.reset()
            new = self._new_lines(pair, now) or []
            for number in self._observed.values():
                self.book.sources[number].lost = "arrived faster than they could be shown: lines are missing"
        for name, number in self._observed.items():
            self.book.feed(number, [line.text for line in new if line.server == name])
        return False

    def _zone_changed(self, pair: PairPicture, name: str) -> bool:
        zone = self.book.sources[self._observed[name]].index.stamps.zone
        return zone_of(name, pair.logs, zone).utcoffset(None) != zone.utcoffset(None)

    def _reopen(self, pair: PairPicture, now: float) -> bool:
        """Read everything again: a recording was moved back, or a server's zone is now known."""
        wanted, search = self.book.filter, self.book.search
        self._retired.append(self.book)
        self.book = self._open_book(pair)
        self.book.apply_filter(wanted)
        self.book.apply_search(search)
        self.book.set_latest_time(now)
        # The new book uses the same zones, so that this call does not repeat.
        self._add_new_lines(pair, now)
        return True
