"""The older files of a log: their names, their order, and their content where it is packed.

log.1, log.01, log.2.gz          a higher number is older
log-20261127, log-20261126.gz    a date, with or without the time of day

"""

import gzip
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

GZIP_MAGIC = b"\x1f\x8b"
LARGEST_UNPACKED = 4 << 30
"""Octets of one unpacked file; more is left out, whatever made it so large."""
STEP = 1 << 20
SUFFIX = r"(?:\.(?P<number>\d{1,4})|[-.](?P<date>\d{4}-?\d{2}-?\d{2}(?:[-_T.]?\d{2,6})?))(?:\.gz)?"


def rotated(path: Path) -> list[Path]:
    """The rotated files of a log, the oldest first."""
    name = re.compile(re.escape(path.name) + SUFFIX)
    found = []
    try:
        for each in path.parent.iterdir():
            match = name.fullmatch(each.name)
            if match is not None:
                # Dates are older than numbers: a site that changed from one to the other did it that way round.
                date = re.sub(r"\D", "", match["date"] or "")
                found.append((not date, date, -int(match["number"] or 0), each))
    except OSError:
        return []
    names = {each.name for *_, each in found}
    # While a file is being packed, both are there.
    return [each for *_, each in sorted(found) if not (each.suffix == ".gz" and each.name[:-3] in names)]


def rotated_since(path: Path, ours: os.stat_result) -> list[Path]:
    """The files that were rotated after the open one, the oldest first: those that follow it by name, or that were
    written later if it is gone or packed."""
    older = rotated(path)
    for number, each in enumerate(older):
        try:
            named = each.stat()
        except OSError:
            continue
        if (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino):
            return older[number + 1 :]
    return [each for each in older if _written_after(each, ours)]


def _written_after(path: Path, ours: os.stat_result) -> bool:
    try:
        named = path.stat()
    except OSError:
        return False
    return named.st_mtime > ours.st_mtime


def open_unpacked(path: Path) -> tuple[int, os.stat_result]:
    """A descriptor of the file for reading, and which file it is; of a packed file, a descriptor of its content.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    named = os.fstat(descriptor)
    if os.pread(descriptor, len(GZIP_MAGIC), 0) != GZIP_MAGIC:
        return descriptor, named
    with os.fdopen(descriptor, "rb") as packed, tempfile.TemporaryFile() as content:
        for part in _unpacked(packed):
            content.write(part)
        content.flush()
        return os.dup(content.fileno()), named


def _unpacked(packed: object) -> Iterator[bytes]:
    """The content, up to where the file is damaged or cut."""
    total = 0
    with gzip.open(packed, "rb") as reader:  # type: ignore[call-overload]
        while total < LARGEST_UNPACKED:
            try:
                part = reader.read1(STEP)
            except (OSError, EOFError, zlib.error):
                return
            if not part:
                return
            total += len(part)
            yield part
