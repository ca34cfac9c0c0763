"""The identity of an SNMPv3 engine and how often it was started, kept where its owner says.

Who sends SNMPv3 knows its receivers by engine ID, and refuses one whose count of boots went back (RFC 3414 section
2.2). So both live in one small file in a directory of the caller's, replaced atomically, and the count is raised and
durable before anything is said with it.
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
"""RFC 3411 section 5: the enterprise of the SNMP stack that we use, and `octets` as the format of what follows."""
_OWN_OCTETS = 12
MAXIMUM_BOOTS = 2_147_483_647
"""An engine that was started so often needs a new identity (RFC 3414 section 2.2.1)."""


@dataclass(frozen=True, slots=True)
class EngineState:
    """What an engine says of itself."""

    engine_id: bytes
    boots: int


def fresh_id() -> bytes:
    """An engine ID that nobody has."""
    return _FORMAT + secrets.token_bytes(_OWN_OCTETS)


def boot(directory: Path | None, wanted_id: bytes | None = None) -> EngineState:
    """One start more of the engine of this directory; without a directory, the first of a new engine.

    `wanted_id` replaces the stored identity, which then begins to count anew. Raises EngineStateError when the file
    can be neither read nor written: an engine that forgot its boots is one that nobody listens to.
    """
    if directory is None:
        return EngineState(wanted_id or fresh_id(), 1)
    path = directory / FILE_NAME
    known = _read(path)
    if known is None or known.boots >= MAXIMUM_BOOTS or (wanted_id is not None and known.engine_id != wanted_id):
        state = EngineState(wanted_id or fresh_id(), 1)
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
        raise EngineStateError(f"{path} is no engine's state: restore it, or remove it to begin anew") from error
    if found is None or boots < 0:
        raise EngineStateError(f"{path} is no engine's state: restore it, or remove it to begin anew")
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
