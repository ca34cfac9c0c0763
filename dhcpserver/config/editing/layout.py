"""The text of a changed configuration: comments, the order and the writing of what did not change are kept.

The text is divided into pieces, one for each object with a table of its own. A piece of an object that did not change
stays as it is, so the cost of a save is that of its changes. Where a text cannot be divided in this way, it is changed
as a whole. The result is always read again and compared.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import tomlkit

from dhcpserver.config.editing import texts
from dhcpserver.config.editing.tables import update
from dhcpserver.config.lines import Lines, Location
from dhcpserver.config.registry import CLASSES, ObjectClass
from dhcpserver.config.sync.change import Document, name_of

REWRITTEN = "# The former file is beside this one as config.toml.1: its layout could not be kept.\n\n"


def rewritten(text: str, before: Document, after: Document) -> str:
    """Return the text of the document `after`; `text` is that of `before`."""
    for attempt in (_by_pieces, _as_a_whole):
        try:
            found = attempt(text, before, after)
            if found is not None and tomllib.loads(found) == after:
                return found
        except (ValueError, LookupError, tomlkit.exceptions.TOMLKitError):
            continue
    return REWRITTEN + "\n".join(_rendered(known, raw) for known, raw in _all(after))


def _all(document: Document) -> Iterator[tuple[ObjectClass, Document]]:
    for known in CLASSES.values():
        if not known.parent and known.name in document:
            found: Any = document[known.name]
            yield from ((known, raw) for raw in ([found] if known.single else found))


@dataclass(slots=True)
class _Piece:
    """A part of the text: an object with the comments above it, and the comments and empty lines below it."""

    location: Location
    body: str
    tail: str
    following: list[str] = field(default_factory=list)
    """Texts of objects after it."""


def _by_pieces(text: str, before: Document, after: Document) -> str | None:
    """Return the text, changed piece by piece; None if an object has no piece of its own."""
    lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if text else []
    divided = _divide(lines, Lines(text))
    if divided is None:
        return None
    head, pieces = divided
    at = {piece.location: piece for piece in pieces}
    last = _Piece((), "", "")
    for known in CLASSES.values():
        if known.parent or before.get(known.name) == after.get(known.name):
            continue
        if known.single:
            _change_single(known, at.get((known.name,), last), before, after)
        else:
            of_class = [piece for piece in pieces if piece.location[0] == known.name]
            _change_class(known, of_class, last, before.get(known.name, []), after.get(known.name, []))
    made = head + "".join(map(_text, pieces))
    if last.following:
        made = "\n".join([made.rstrip("\n") + "\n" if made.strip() else "", *last.following])
    return made.rstrip("\n") + "\n"


def _text(piece: _Piece) -> str:
    """Return a piece with the objects after it, and an empty line between them."""
    text = piece.body + piece.tail
    for each in piece.following:
        text += each if not text or text.endswith("\n\n") else f"\n{each}"
        text += "\n"
    return text


def _divide(lines: list[str], places: Lines) -> tuple[str, list[_Piece]] | None:
    """Return the text above the first object, and the pieces; None if objects overlap or have no header."""
    if places.bare:
        return None
    starts: list[tuple[Location, int]] = []
    for location, line in places.headers:
        if len(location) == 1 or (len(location) == 2 and isinstance(location[1], int)):
            starts.append((location, _first_comment(lines, line - 1)))
        elif not starts or location[: len(starts[-1][0])] != starts[-1][0]:
            return None
    ends = [start for _, start in starts[1:]] + [len(lines)]
    pieces = []
    for (location, start), end in zip(starts, ends, strict=True):
        stop = end
        while stop > start and (not lines[stop - 1].strip() or lines[stop - 1].lstrip().startswith("#")):
            stop -= 1
        pieces.append(_Piece(location, "".join(lines[start:stop]), "".join(lines[stop:end])))
    return "".join(lines[: starts[0][1]] if starts else lines), pieces


def _first_comment(lines: list[str], header: int) -> int:
    """Return the number of the first line of the comment that is directly above a header, or of the header."""
    while header and lines[header - 1].lstrip().startswith("#"):
        header -= 1
    return header


def _change_single(known: ObjectClass, piece: _Piece, before: Document, after: Document) -> None:
    if known.name not in after:
        piece.body = ""
    elif known.name in before:
        piece.body = _changed(piece.body, known, before[known.name], after[known.name])
    else:
        piece.following.append(_rendered(known, after[known.name]))


def _change_class(
    known: ObjectClass, pieces: list[_Piece], last: _Piece, before: list[Document], after: list[Document]
) -> None:
    """Change the pieces of the objects of a class."""
    if len(pieces) != len(before):
        raise ValueError(f"the objects of {known.name} have no tables of their own")
    former = _matches(known, before, after)
    kept = set(former.values())
    made: list[tuple[int | None, str]] = []
    for number, raw in enumerate(after):
        source = former.get(number)
        if source is None:
            made.append((None, _rendered(known, raw)))
        elif before[source] is raw or before[source] == raw:
            made.append((source, pieces[source].body))
        else:
            made.append((source, _changed(pieces[source].body, known, before[source], raw)))
    for source, piece in enumerate(pieces):
        if source not in kept:
            piece.body = ""
    place = -1
    for source, body in made:
        if source is not None and source > place:
            pieces[source].body, place = body, source
            continue
        if source is not None:
            pieces[source].body = ""
        target = pieces[place] if place >= 0 else pieces[-1] if pieces else last
        target.following.append(body)


def _matches(known: ObjectClass, before: list[Document], after: list[Document]) -> dict[int, int]:
    """Return the numbers of the objects in `before` by those in `after`: the same name, or a new name in its place."""
    named = {name_of(known, raw): number for number, raw in enumerate(before)}
    found: dict[int, int] = {}
    free = dict.fromkeys(range(len(before)))
    for number, raw in enumerate(after):
        source = number if number < len(before) and before[number] == raw else named.get(name_of(known, raw))
        if source in free:
            del free[source]
            found[number] = source
    for number in range(min(len(before), len(after))):
        if number not in found and number in free:
            found[number] = number
            del free[number]
    return found


def _changed(body: str, known: ObjectClass, before: Document, after: Document) -> str:
    """Return a piece with the object changed."""
    piece = tomlkit.parse(body)
    place: Any = piece[known.name]
    update(place if known.single else place[0], before, after)
    return tomlkit.dumps(piece)


def _as_a_whole(text: str, before: Document, after: Document) -> str:
    document = tomlkit.parse(text)
    update(document, before, after)
    return tomlkit.dumps(document)


def _rendered(known: ObjectClass, raw: Document) -> str:
    """Return the text of a new object."""
    lines = [known.table, *(f"{texts.key(key)} = {texts.toml_lines(value)}" for key, value in raw.items())]
    return "\n".join(lines) + "\n"
