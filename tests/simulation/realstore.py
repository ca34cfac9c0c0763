"""A disk whose leases are in the product's own store: SQLite, in memory-backed files."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease
from dhcpserver.storage.leasestore import LeaseStore
from tests.simulation.disk import Disk, Image, stored_row

_MEMORY = Path("/dev/shm")


class RealStore(Disk):
    """A disk with a LeaseStore beside the rows. What the store returns must be what was committed.

    `close` removes the files.
    """

    def __init__(self, uid: bytes) -> None:
        super().__init__(uid)
        self._folder = tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None)
        self._files = self._copies = 0
        self._copy_of: dict[int, int] = {}
        self._kept: list[Image] = []
        """Keeps the identity of the copies' rows."""
        self._store = LeaseStore(self._path())

    def commit(self, leases: Iterable[Lease]) -> None:
        """Store the leases in both."""
        leases = list(leases)
        super().commit(leases)
        self._store.commit(leases)

    def load(self, book: Book) -> None:
        """Close the store as a process that ends, open it again, and read it."""
        self._store.close()
        self._store = LeaseStore(self._path())
        self._store.load(book)
        found = {address: stored_row(lease) for address, lease in book.leases.items()}
        expected = {address: row for address, row in self.rows.items() if address in found}
        assert found == expected, "the store does not return what was committed"
        assert all(book.pool_of(address) is None for address in self.rows.keys() - found.keys())

    def image(self, taken: int) -> Image:
        """Return a copy, and copy the files."""
        image = super().image(taken)
        self._copies += 1
        self._copy_of[id(image.rows)] = self._copies
        self._kept.append(image)
        for name in ("", "-wal"):
            source = Path(f"{self._path()}{name}")
            if source.exists():
                shutil.copy(source, self._copied(self._copies, name))
        return image

    def restore(self, image: Image) -> None:
        """Put the files of a copy, or empty ones, in the place of the store."""
        number = self._copy_of.get(id(image.rows))
        super().restore(image)
        self._store.close()
        self._files += 1
        for name in ("", "-wal"):
            if number is not None and self._copied(number, name).exists():
                shutil.copy(self._copied(number, name), f"{self._path()}{name}")
        self._store = LeaseStore(self._path())

    def _path(self) -> Path:
        return Path(self._folder.name) / f"leases{self._files}.db"

    def _copied(self, number: int, name: str) -> Path:
        return Path(self._folder.name) / f"copy{number}.db{name}"

    def close(self) -> None:
        """Remove the files."""
        self._store.close()
        self._folder.cleanup()
