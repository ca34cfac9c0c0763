"""Whether the files are there, are whose they should be, and can be written."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from console.doctor.findings import Finding, fail, ok, warn
from console.errors import ConfigError, JournalError
from console.insight.wording import plural
from console.journal.schema import public
from console.settings.document import ServerSettings, Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LITTLE_SPACE = 512 << 20


def secrets(settings: Settings) -> Iterator[Finding]:
    """Passwords of servers and URLs of notifications."""
    for pair in settings.pair:
        for server in pair.server:
            yield from _password(server)
    for each in settings.notify:
        try:
            urls = each.urls()
        except ConfigError as error:
            yield fail(f"notify {each.name}", str(error), "until then nobody is told by it")
        else:
            yield ok(
                f"notify {each.name}", f"{plural(len(urls), 'URL')}; 'pairwatch notify --test {each.name}' tries it"
            )


def _password(server: ServerSettings) -> Iterator[Finding]:
    what, path = f"password of {server.name}", server.secret_file
    try:
        found = server.password()
    except ConfigError as error:
        yield fail(what, str(error), "without it the server is not asked")
        return
    if found is None:
        return
    if not found:
        yield fail(what, f"{path} is empty", "write the password of the API's user there")
    elif path is not None and path.stat().st_mode & OTHERS:
        yield warn(what, f"others may read {path}", f"chmod 600 {path}")
    else:
        yield ok(what, "from the environment" if path is None else str(path))


def journal(settings: Settings) -> Iterator[Finding]:
    """Whether observations can be kept, and for how long they have been."""
    from console.journal.store import Journal

    url = public(settings.journal_url)
    try:
        opened = Journal.open(settings.journal_url)
    except JournalError as error:
        yield fail("journal", str(error), "without it nothing is recorded: no replay, no incident can be saved")
        return
    try:
        span = opened.span()
        opened.append([])
    except JournalError as error:
        yield fail("journal", str(error), "nothing is recorded until it can be written")
        return
    finally:
        opened.close()
    days = 0.0 if span is None else (span[1] - span[0]) / 86400
    yield ok("journal", f"{url}, {days:.1f} days in it")
    database = opened.engine.url.database
    if opened.engine.url.get_backend_name() == "sqlite" and database:
        yield _space("journal's disk", Path(database).parent, int(settings.console.journal_megabytes) << 20)


def _space(what: str, folder: Path, wanted: int) -> Finding:
    free = shutil.disk_usage(folder).free
    fact = f"{free >> 20:,} MiB free at {folder}"
    if free < LITTLE_SPACE or free < wanted:
        return warn(
            what, fact, f"the journal may take {wanted >> 20:,} MiB: make room, or set console.journal_megabytes"
        )
    return ok(what, fact)


def audit(settings: Settings) -> Finding:
    """Whether what is done can be recorded: without that nothing is done."""
    path = settings.audit_log
    try:
        if path.exists():
            path.open("ab").close()
        else:
            tempfile.TemporaryFile(dir=next(each for each in path.parents if each.exists())).close()
    except OSError as error:
        fact = f"{path} cannot be written: {error.strerror or error}"
        return fail("audit log", fact, "no action is taken that cannot be recorded: set audit_log")
    if path.exists() and path.stat().st_mode & OTHERS:
        return warn("audit log", f"others may read {path}", f"it names people and reasons: chmod 600 {path}")
    return ok("audit log", str(path))


def logs(settings: Settings) -> Iterator[Finding]:
    """Log files on this host."""
    for pair in settings.pair:
        for server in pair.server:
            path = server.log
            if path is None:
                continue
            what = f"log of {server.name}"
            if not path.exists():
                yield warn(what, f"{path} is not there", "it is read through the API instead; correct or remove log")
            elif not os.access(path, os.R_OK):
                yield fail(what, f"{path} may not be read by this user", "join the group of the file, or remove log")
            else:
                yield ok(what, str(path))
