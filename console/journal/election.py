"""The election of the collector: one of the processes that share a journal polls and receives, the others read.

An advisory lock decides: the database's own where that is PostgreSQL, a locked file beside the database where it is
SQLite. Either is gone the moment its holder dies, so the next one takes over without a decision about who is alive.
"""

import contextlib
import fcntl
import os
import socket
import time
from pathlib import Path
from typing import Protocol

import sqlalchemy as sql

from console.errors import JournalError
from console.journal.schema import COLLECT_KEY, collector, first_line
from console.journal.store import Journal


class Seat(Protocol):
    """The collector's seat, of which there is one. Each method may block for as long as a database takes."""

    def take(self) -> bool:
        """Take the seat if it is free; return whether this process has it. Raises JournalError."""

    def leave(self) -> None:
        """Give it up; never raises."""


class PostgresSeat:
    """An advisory lock in a database session of its own."""

    def __init__(self, journal: Journal) -> None:
        self._engine = sql.create_engine(
            journal.engine.url, poolclass=sql.NullPool, connect_args={"connect_timeout": 5}
        )
        self._session: sql.Connection | None = None

    def take(self) -> bool:
        try:
            if self._session is not None:
                self._session.execute(sql.text("SELECT 1"))
                return True
            session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if session.execute(sql.select(sql.func.pg_try_advisory_lock(COLLECT_KEY))).scalar():
                self._session = session
                _sign(session)
                return True
            session.close()
        except sql.exc.SQLAlchemyError as error:
            self.leave()
            raise JournalError(f"cannot reach the journal: {first_line(error)}") from error
        return False

    def leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(sql.exc.SQLAlchemyError):
                session.close()


class FileSeat:
    """A locked file beside a SQLite database."""

    def __init__(self, journal: Journal, database: str) -> None:
        self._engine = journal.engine
        self._path = Path(database + ".collector")
        self._descriptor: int | None = None

    def take(self) -> bool:
        if self._descriptor is not None:
            return True
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalError(f"cannot lock the journal with {self._path}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        try:
            with self._engine.begin() as connection:
                _sign(connection)
        except sql.exc.SQLAlchemyError as error:
            self.leave()
            raise JournalError(f"cannot write the journal: {first_line(error)}") from error
        return True

    def leave(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def seat(journal: Journal) -> Seat:
    """The collector's seat of a journal."""
    url = journal.engine.url
    if url.get_backend_name() == "postgresql":
        return PostgresSeat(journal)
    return FileSeat(journal, url.database or "journal")


def holder(journal: Journal) -> str | None:
    """The latest holder of the seat: `HOST (process N)`; None without one. Raises JournalError."""
    try:
        with journal.engine.connect() as connection:
            row = connection.execute(sql.select(collector)).first()
    except sql.exc.SQLAlchemyError as error:
        raise JournalError(f"cannot read the journal: {first_line(error)}") from error
    return None if row is None else f"{row.host} (process {row.process})"


def _sign(connection: sql.Connection) -> None:
    connection.execute(collector.delete())
    connection.execute(
        collector.insert().values(id=1, host=socket.gethostname(), process=os.getpid(), since=time.time())
    )
