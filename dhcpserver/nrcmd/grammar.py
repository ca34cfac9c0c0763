"""The grammar: a line of words to a command. Nothing that is accepted is ignored later.

    CLASS list | listnames | listbrief
    CLASS NAME create ARGUMENT... ATTRIBUTE=VALUE...
    CLASS NAME delete | show | get ATTRIBUTE | unset ATTRIBUTE... | enable ATTRIBUTE | disable ATTRIBUTE
    CLASS NAME set ATTRIBUTE=VALUE... | set ATTRIBUTE VALUE
    CLASS NAME ACTION ARGUMENT...
    dhcp VERB ...
    save | discard | exit | quit | help [CLASS [ATTRIBUTE]] | session ...

Names of classes, attributes and verbs are written in any case. Names of objects keep theirs.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from dhcpserver.config.registry import CLASSES
from dhcpserver.nrcmd.words import GrammarError, Word, words

LISTS = ("list", "listnames", "listbrief")
EDITS = ("create", "delete", "show", "get", "set", "unset", "enable", "disable")
ACTIONS = {
    "failover-pair": (
        "sync",
        "setPartnerDown",
        "rebalancePool",
        "getPoolSize",
        "getStatus",
        "checklist",
        "sizing",
        "confirm",
    ),
    "scope": ("addRange", "removeRange", "addReservation", "removeReservation", "listReservations"),
    "prefix": ("addReservation", "removeReservation", "listReservations"),
    "cluster": (),
}
DHCP = (
    "reload",
    "stop",
    "show",
    "get",
    "set",
    "unset",
    "enable",
    "disable",
    "getRelatedServers",
    "getHealth",
    "getStats",
)
GLOBAL = ("save", "discard", "exit", "quit", "help", "session", "changes")
SINGLES = {"dhcp": "server"}
"""Classes with one object by the name that commands use."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Attributes:
        of: the class of the catalogue, "" for a command without one.
        name: the object, "" for none.
        verb: what to do, spelt as in this module.
        arguments: what follows.
        values: attributes and their values, None to unset.
        force: whether `-force` was written; `confirmed`: whether `-yes` was; `report`: whether `-report` was.
    """

    verb: str
    of: str = ""
    name: str = ""
    arguments: tuple[str, ...] = ()
    values: tuple[tuple[str, str | None], ...] = ()
    force: bool = False
    confirmed: bool = False
    report: bool = False


_FLAGS = {"-force": "force", "-yes": "confirmed", "-report": "report"}


def parse(line: str) -> Command | None:
    """Return the command of a line; None for an empty one or a comment. Raises GrammarError."""
    found = words(line)
    if not found:
        return None
    flags = {_FLAGS[each.text.lower()]: True for each in found if _is_flag(each)}
    found = [each for each in found if not _is_flag(each)]
    if not found:
        raise GrammarError("a command begins with a class or a verb: see help")
    command = _command(found)
    if flags.get("report") and command.verb != "sync":
        raise GrammarError("-report belongs to sync")
    return Command(command.verb, command.of, command.name, command.arguments, command.values, **flags)


def _is_flag(word: Word) -> bool:
    return not word.quoted and word.text.lower() in _FLAGS


def _command(found: Sequence[Word]) -> Command:
    first = found[0].text.lower()
    if first in GLOBAL:
        return Command("exit" if first == "quit" else first, arguments=_texts(found[1:]))
    if first in SINGLES:
        return _single(SINGLES[first], found[1:], DHCP)
    if first in CLASSES and not CLASSES[first].parent:
        return _single(first, found[1:], EDITS) if CLASSES[first].single else _object(first, found[1:])
    close = difflib.get_close_matches(first, [*GLOBAL, *SINGLES, *CLASSES], n=1)
    hint = f"; did you mean {close[0]}?" if close else ": see help"
    raise GrammarError(f"there is no class or command {found[0].text!r}{hint}")


def _single(of: str, rest: Sequence[Word], verbs: Sequence[str]) -> Command:
    if not rest:
        raise GrammarError(f"{of} needs a verb: {', '.join(verbs)}")
    verb = _verb(rest[0].text, verbs, of)
    if verb in EDITS:
        return _edit(of, "", verb, rest[1:])
    return Command(verb, of, "", _texts(rest[1:]))


def _object(of: str, rest: Sequence[Word]) -> Command:
    if rest and not rest[0].quoted and rest[0].text.lower() in LISTS:
        if len(rest) > 1:
            raise GrammarError(f"{of} {rest[0].text} has no arguments")
        return Command(rest[0].text.lower(), of)
    if len(rest) < 2:
        raise GrammarError(f"{of} needs a name and a verb, or one of {', '.join(LISTS)}")
    verb = _verb(rest[1].text, [*EDITS, *ACTIONS.get(of, ())], of)
    if verb in EDITS:
        return _edit(of, rest[0].text, verb, rest[2:])
    return Command(verb, of, rest[0].text, _texts(rest[2:]))


def _verb(text: str, verbs: Sequence[str], of: str) -> str:
    spelt = {verb.lower(): verb for verb in verbs}
    if text.lower() in spelt:
        return spelt[text.lower()]
    close = difflib.get_close_matches(text.lower(), spelt, n=1)
    hint = f"did you mean {spelt[close[0]]}?" if close else f"there are: {', '.join(verbs)}"
    raise GrammarError(f"{of} has no {text!r}; {hint}")


def _edit(of: str, name: str, verb: str, rest: Sequence[Word]) -> Command:
    if verb in ("delete", "show"):
        if rest:
            raise GrammarError(f"{verb} has no arguments; this is {rest[0].text!r}")
        return Command(verb, of, name)
    if verb in ("get", "enable", "disable"):
        if len(rest) != 1:
            raise GrammarError(f"{verb} needs one attribute")
        attribute = _attribute(of, rest[0].text)
        if verb == "get":
            return Command(verb, of, name, (attribute,))
        if not _is_switch(of, attribute):
            raise GrammarError(f"{attribute} is not true or false: use set")
        return Command("set", of, name, values=((attribute, "true" if verb == "enable" else "false"),))
    if verb == "unset":
        if not rest:
            raise GrammarError("unset needs an attribute")
        return Command("set", of, name, values=tuple((_attribute(of, each.text), None) for each in rest))
    if verb == "set" and len(rest) == 2 and not _is_assignment(rest[0]) and not _is_assignment(rest[1]):
        return Command(verb, of, name, values=((_attribute(of, rest[0].text), rest[1].text),))
    arguments = [each.text for each in rest if not _is_assignment(each)]
    values = tuple(_assignment(of, each.text) for each in rest if _is_assignment(each))
    if verb == "set" and (arguments or not values):
        raise GrammarError("set needs ATTRIBUTE=VALUE, or one attribute and its value")
    return Command(verb, of, name, tuple(arguments), values)


def _is_assignment(word: Word) -> bool:
    name, equals, _ = word.text.partition("=")
    return bool(equals) and bool(name) and (not word.quoted or name.replace("-", "").isalnum())


def _assignment(of: str, text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return _attribute(of, name), value


def _attribute(of: str, text: str) -> str:
    known = [each.name for each in CLASSES[of].attributes]
    if text.lower() in known:
        return text.lower()
    close = difflib.get_close_matches(text.lower(), known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"
    raise GrammarError(f"{of} has no attribute {text!r}; {hint}")


def _is_switch(of: str, attribute: str) -> bool:
    return any(each.name == attribute and each.info.annotation is bool for each in CLASSES[of].attributes)


def _texts(rest: Sequence[Word]) -> tuple[str, ...]:
    return tuple(each.text for each in rest)
