"""Checks of files: whether they exist, have the right permissions and can be written."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from console.doctor.results import CheckResult, fail, ok, warn
from console.errors import ConfigError, JournalError
from console.insight.wording import plural
from console.journal.schema import public
from console.settings.document import ServerSettings, Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LITTLE_SPACE = 512 << 20


def check_secrets(settings: Settings) -> Iterator[CheckResult]:
    """Check the passwords of servers and the URLs of notifications."""
    for pair in settings.pair:
        for server in pair.server:
            yield from _check_password(server)
    for each in settings.notify:
        try:
            urls = each.urls()
        except ConfigError as error:
            yield fail(f"notify {each.name}", str(error), "without it this notification cannot be sent")
        else:
            yield ok(
                f"notify {each.name}", f"{plural(len(urls), 'URL')}; 'pairwatch notify --test {each.name}' tests it"
            )


def _check_password(server: ServerSettings) -> Iterator[CheckResult]:
    what, path = f"password of {server.name}", server.secret_file
    try:
        found = server.password()
    except ConfigError as error:
        yield fail(what, str(error), "without it the server cannot be polled")
        return
    if found is None:
        return
    if not found:
        yield fail(what, f"{path} is empty", "write the password of the API's user there")
    elif path is not None and path.stat().st_mode & OTHERS:
        yield warn(what, f"others may read {path}", f"chmod 600 {path}")
    else:
        yield ok(what, "from the environment" if path is None else str(path))


def check_journal(settings: Settings) -> Iterator[CheckResult]:
    """Check whether observations can be recorded, and how many days of them there are."""
    from console.journal.damage import damage_of, file_at, renamed
    from console.journal.store import Journal

    url = public(settings.journal_url)
    path = file_at(settings.journal_url)
    for old in renamed(settings.journal_url):
        yield warn(
            "damaged journal", f"{old} was damaged, and a new journal was begun", "recover what it has, or delete it"
        )
    fault = None if path is None or not path.is_file() else damage_of(path)
    if fault is not None:
        yield fail("journal", f"{path} is damaged: {fault}", "start the console: it renames it and begins a new one")
        return
    try:
        opened = Journal.open(settings.journal_url)
    except JournalError as error:
        yield fail("journal", str(error), "without it nothing is recorded: no replay, and no incidents to save")
        return
    try:
        span = opened.span()
        opened.append([])
    except JournalError as error:
        yield fail("journal", str(error), "nothing is recorded until the journal can be written")
        return
    finally:
        opened.close()
    days = 0.0 if span is None else (span[1] - span[0]) / 86400
    yield ok("journal", f"{url}, with {days:.1f} days of observations")
    database = opened.engine.url.database
    if opened.engine.url.get_backend_name() == "sqlite" and database:
        yield _check_space("journal's disk", Path(database).parent, int(settings.console.journal_megabytes) << 20)


def _check_space(what: str, folder: Path, wanted: int) -> CheckResult:
    free = shutil.disk_usage(folder).free
    fact = f"{free >> 20:,} MiB free at {folder}"
    if free < LITTLE_SPACE or free < wanted:
        return warn(
            what, fact, f"the journal may take {wanted >> 20:,} MiB: make room, or set console.journal_megabytes"
        )
    return ok(what, fact)


def check_audit_log(settings: Settings) -> CheckResult:
    """Check whether actions can be recorded: without the audit log no action runs."""
    path = settings.audit_log
    try:
        if path.exists():
            path.open("ab").close()
        else:
            tempfile.TemporaryFile(dir=next(each for each in path.parents if each.exists())).close()
    except OSError as error:
        fact = f"{path} cannot be written: {error.strerror or error}"
        return fail("audit log", fact, "no action runs without its audit record: set audit_log")
    if path.exists() and path.stat().st_mode & OTHERS:
        return warn("audit log", f"others may read {path}", f"it contains names and reasons: chmod 600 {path}")
    return ok("audit log", str(path))


def check_logs(settings: Settings) -> Iterator[CheckResult]:
    """Check the log files on this host."""
    for pair in settings.pair:
        for server in pair.server:
            path = server.log
            if path is None:
                continue
            what = f"log of {server.name}"
            if not path.exists():
                yield warn(what, f"{path} does not exist", "the API is used instead; correct or remove log")
            elif not os.access(path, os.R_OK):
                yield fail(what, f"this user may not read {path}", "join the group of the file, or remove log")
            else:
                yield ok(what, str(path))
