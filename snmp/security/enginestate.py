"""The identity of an SNMPv3 engine and the number of its starts, in a file of the caller's directory.

SNMPv3 partners identify an engine by its engine ID, and refuse it if its number of boots went back (RFC 3414 section
2.2). So both are in one file that is replaced atomically, and the number is incremented and durable before the engine
sends anything.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from snmp.errors import EngineStateError
from snmp.security.access import engine_id

FILE_NAME = "snmp-engine.json"
_FORMAT = bytes.fromhex("80004fb805")
"""RFC 3411 section 5: the enterprise of pysnmp, and the format `octets` of the octets that follow."""
_OWN_OCTETS = 12
MAXIMUM_BOOTS = 2_147_483_647
"""After so many starts an engine needs a new identity (RFC 3414 section 2.2.1)."""

_INVALID = "{path} is not a valid engine state: restore it, or remove it to start with a new engine ID"


@dataclass(frozen=True, slots=True)
class EngineState:
    """The identity of an engine and the number of its starts."""

    engine_id: bytes
    boots: int


def create_id() -> bytes:
    """Return a new random engine ID."""
    return _FORMAT + secrets.token_bytes(_OWN_OCTETS)


def boot(directory: Path | None, wanted_id: bytes | None = None) -> EngineState:
    """Count one more start of the directory's engine and return its state; without a directory, that of a new engine.

    `wanted_id` replaces the stored identity, and the count starts again. Raises EngineStateError if the file cannot be
    read or written: partners would refuse an engine that lost its number of boots.
    """
    if directory is None:
        return EngineState(wanted_id or create_id(), 1)
    path = directory / FILE_NAME
    known = _read(path)
    if known is None or known.boots >= MAXIMUM_BOOTS or (wanted_id is not None and known.engine_id != wanted_id):
        state = EngineState(wanted_id or create_id(), 1)
    else:
        state = EngineState(known.engine_id, known.boots + 1)
    _write(path, state)
    return state


def _read(path: Path) -> EngineState | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found, boots = engine_id(content["engine_id"]), int(content["boots"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EngineStateError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise EngineStateError(_INVALID.format(path=path)) from error
    if found is None or boots < 0:
        raise EngineStateError(_INVALID.format(path=path))
    return EngineState(found, boots)


def _write(path: Path, state: EngineState) -> None:
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("w", encoding="utf-8") as file:
            json.dump({"engine_id": state.engine_id.hex(), "boots": state.boots}, file)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError as error:
        raise EngineStateError(f"cannot write {path}: {error.strerror}") from error
