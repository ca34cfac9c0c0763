"""`pairwatch logs`: the logs of a pair, or any log files, merged by time: on a screen, or printed line by line."""

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from console.errors import SourceError
from console.logs.book import LogBook, files_book
from console.logs.filters import Filter, FilterError, parse_filter
from console.logs.line import decode_line, parse_line
from console.logs.selection import Source
from console.model.times import rfc3339
from console.settings.document import PairSettings, Settings
from console.settings.setup import settings_at
from console.state.zones import LocalZone

CHECK_SECONDS = 0.2
READ_BYTES = 1 << 16
STANDARD_INPUT = Path("-")
LINES_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class LogsOptions:
    """The options of `logs`, as given on the command line."""

    files: tuple[Path, ...]
    pair: str | None
    wanted: str
    follow: bool
    as_json: bool
    theme: str | None


def run(config: Path | None, options: LogsOptions) -> int:
    """Show the logs on a terminal; print them if the output is not a terminal, or as JSON."""
    try:
        wanted = parse_filter(options.wanted)
    except FilterError as wrong:
        raise click.UsageError(f"--filter: {wrong}") from wrong
    settings = None if options.files else settings_at(config)
    if STANDARD_INPUT in options.files:
        return _run_on_input(wanted, options)
    if sys.stdout.isatty() and not options.as_json:
        return _show(settings, options)
    return _run(settings, wanted, options)


def _run_on_input(wanted: Filter, options: LogsOptions) -> int:
    """Print standard input, with the other files if there are any. A screen would need it for the keys."""
    with tempfile.TemporaryDirectory(prefix="pairwatch-logs-") as folder:
        path = Path(folder) / "standard-input"
        path.touch(mode=0o600)
        copying = threading.Thread(target=_copy_input, args=(path,), daemon=True)
        copying.start()
        if not options.follow:
            copying.join()
        files = tuple(path if each == STANDARD_INPUT else each for each in options.files)
        return _run(None, wanted, replace(options, files=files))


def _copy_input(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        stream: Any = sys.stdin.buffer
        while part := stream.read1(READ_BYTES):
            file.write(part)


def _run(settings: Settings | None, wanted: Filter, options: LogsOptions) -> int:
    pair = None if settings is None else _pair(settings, options.pair)
    book = files_book(_named_files(options.files, options.follow) if pair is None else _log_files(pair), LocalZone())
    book.set_latest_time(time.time())
    try:
        return _print(book, wanted, options)
    except BrokenPipeError:
        # The reader ended early, as `head` does. Data that is still to be flushed needs a valid descriptor.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    finally:
        book.close()


def _show(settings: Settings | None, options: LogsOptions) -> int:
    from console.model.picture import Picture
    from console.model.profiles import NO_MAKE
    from console.state.store import PictureStore, empty_pair
    from console.tui.app import PairwatchApp
    from console.tui.session import Session
    from console.wiring import live_app

    if settings is not None:
        app = live_app(settings, options.theme, _pair(settings, options.pair).name, None)
        app.start_at("logs", words=options.wanted)
    else:
        files = _named_files(options.files, options.follow)
        pair = empty_pair("files", "", [(name, role, NO_MAKE) for name, (role, _) in files.items()])
        store = PictureStore(Picture({pair.name: pair}), time.time, LocalZone())
        session = Session(store, logs={pair.name: {name: path for name, (_, path) in files.items()}})
        app = PairwatchApp(session, pair.name, options.theme)
        app.start_at("logs", alone=True, words=options.wanted)
    app.run()
    return app.return_code or 0


def _pair(settings: Settings, name: str | None) -> PairSettings:
    return settings.pair[0] if name is None else settings.named(name)


def _log_files(pair: PairSettings) -> Mapping[str, tuple[str, Path]]:
    found = {each.name: (each.role, each.log) for each in pair.server if each.log is not None and each.log.exists()}
    if not found:
        raise SourceError(f"no log of the pair {pair.name!r} is on this host: name files, or open the console")
    return found


def _named_files(files: tuple[Path, ...], follow: bool) -> Mapping[str, tuple[str, Path]]:
    """The files by the shortest distinct part of their paths, without the folder `logs`.

    `follow`: a file may come later, in a folder that exists.
    """
    for each in files:
        if not each.is_file() and not (follow and not each.exists() and each.parent.is_dir()):
            raise SourceError(f"no file {each}: name a server's log, such as dhcp-a/logs/name_dhcp_1_log")
    names = [each.name for each in files]
    if len(set(names)) < len(names):
        names = [next((part for part in reversed(each.resolve().parts[:-1]) if part != "logs"), "") for each in files]
    if len(set(names)) < len(names):
        names = [str(each) for each in files]
    return {name: ("", path) for name, path in zip(names, files, strict=True)}


def _print(book: LogBook, wanted: Filter, options: LogsOptions) -> int:
    book.apply_filter(wanted)
    _read_all(book)
    if not options.follow:
        for source in book.sources:
            source.index.finish()
        _read_all(book)
    merged = book.shown.merged
    _write(book, (merged.line(position) for position in range(len(merged))), options)
    if options.follow:
        _follow(book, options)
    return 0


def _read_all(book: LogBook) -> None:
    book.work()
    book.publish()
    while book.busy:
        book.work()
        book.publish()


def _follow(book: LogBook, options: LogsOptions) -> None:
    """Print new lines as they arrive, those of one read in order of time. A signal ends it."""
    printed = [lane.taken for lane in book.shown.merged.lanes]
    while True:
        time.sleep(CHECK_SECONDS)
        book.set_latest_time(time.time())
        _read_all(book)
        # A new selection, after the oldest lines were dropped, continues where the old one ended.
        shown = book.shown
        lanes = shown.merged.lanes
        fresh = [
            (lane.key(each), number, each)
            for number, lane in enumerate(lanes)
            for each in lane.numbers[printed[number] : lane.taken]
        ]
        printed = [lane.taken for lane in lanes]
        _write(book, ((number, each) for _, number, each in sorted(fresh)), options)


def _write(book: LogBook, lines: Iterator[tuple[int, int]], options: LogsOptions) -> None:
    sources, several, texts = book.sources, len(book.sources) > 1, list[str]()
    for number, each in lines:
        source = sources[number]
        data = source.line(each)
        if data is None:
            continue
        text = decode_line(data)
        if options.as_json:
            text = json.dumps(_object(source, each, text), ensure_ascii=False)
        elif several:
            text = f"{source.server}  {text}"
        texts.append(text)
        if len(texts) >= LINES_AT_A_TIME:
            click.echo("\n".join(texts))
            texts.clear()
    if texts:
        click.echo("\n".join(texts))
    sys.stdout.flush()


def _object(source: Source, number: int, text: str) -> dict[str, object]:
    read = parse_line(text)
    key = source.index.keys[number - source.index.first]
    return {
        "server": source.server,
        "at": rfc3339(float(key)) if key else None,
        "level": read.level or None,
        "category": read.category or None,
        "id": read.id or None,
        "text": read.text,
        "client": read.client,
        "address": read.address,
    }
