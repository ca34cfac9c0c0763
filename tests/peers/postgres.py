"""A real PostgreSQL server of Debian's packages, started for the tests and removed after them."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.peers.programs import missing

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class Postgres:
    """One server; its socket is in its own directory."""

    def __init__(self, binaries: Path, directory: Path, user: str | None) -> None:
        self._binaries = binaries
        self._directory = directory
        self._user = user
        self.url = f"postgresql+psycopg://postgres@/postgres?host={directory}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._binaries / program), *arguments],
            user=self._user,
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def create(self) -> None:
        self._run("initdb", "-D", f"{self._directory}/data", "-U", "postgres", "-A", "trust", "--no-sync")

    def start(self) -> None:
        options = f"-k {self._directory} -c listen_addresses='' -c fsync=off"
        log = f"{self._directory}/log"
        self._run("pg_ctl", "-D", f"{self._directory}/data", "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        """Stop at once; sessions are closed."""
        self._run("pg_ctl", "-D", f"{self._directory}/data", "-m", "immediate", "-w", "stop")


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A running server with an empty database."""
    if not BINARIES:
        missing("PostgreSQL is not installed")
    directory = Path(tempfile.mkdtemp(prefix="pairwatch-pg-"))
    user = None
    if os.geteuid() == 0:
        # PostgreSQL does not run as root.
        user = "postgres"
        account = pwd.getpwnam(user)
        os.chown(directory, account.pw_uid, account.pw_gid)
    server = Postgres(BINARIES[0], directory, user)
    try:
        server.create()
        server.start()
        yield server
    finally:
        with contextlib.suppress(AssertionError):
            server.stop()
        shutil.rmtree(directory, ignore_errors=True)
