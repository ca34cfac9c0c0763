"""A session: commands to one server, and by the clusters of its configuration to the others."""

from collections.abc import Callable

from dhcpserver.config.catalogue import Attribute, Visibility
from dhcpserver.config.editing.texts import described
from dhcpserver.config.registry import CLASSES
from dhcpserver.nrcmd.answer import Answer, Status
from dhcpserver.nrcmd.api import Api, Failed
from dhcpserver.nrcmd.checklist import checklist, sizing
from dhcpserver.nrcmd.confirm import confirm
from dhcpserver.nrcmd.grammar import ACTIONS, DHCP, EDITS, GLOBAL, LISTS, SINGLES, Command, parse
from dhcpserver.nrcmd.guards import questions
from dhcpserver.nrcmd.objects import OBJECT_VERBS, text
from dhcpserver.nrcmd.serverwords import SERVER_VERBS
from dhcpserver.nrcmd.synchronise import ServerOf, sync

BOTH_SERVERS = {"sync": sync, "checklist": checklist, "sizing": sizing, "confirm": confirm}
"""Commands on a pair that reach both of its servers."""
VISIBILITIES = {"5": Visibility.NORMAL, "4": Visibility.ADVANCED, "3": Visibility.EXPERT}
"""`session set visibility=3` shows everything, as in the product."""


class Session:
    """Executes lines.

    Attributes:
        visibility: which attributes are listed that have their default.
        ended: whether `exit` was executed.
    """

    def __init__(self, api: Api, server_of: ServerOf, now: Callable[[], float]) -> None:
        """`server_of`: the API of the server that a cluster names. `now`: Unix seconds."""
        self._api = api
        self._server_of = server_of
        self._now = now
        self.visibility = Visibility.NORMAL
        self.ended = False

    def execute(self, line: str, confirm: Callable[[list[str]], bool] | None = None) -> Answer | None:
        """Execute a line; None for an empty one. `confirm` asks the operator; without it, -yes is needed."""
        try:
            command = parse(line)
            return None if command is None else self._run(command, confirm)
        except ValueError as error:  # A GrammarError among them.
            return Answer(Status.INVALID, str(error))
        except Failed as failure:
            return failure.answer

    def _run(self, command: Command, confirm: Callable[[list[str]], bool] | None) -> Answer:
        if command.verb == "exit":
            self.ended = True
            return Answer()
        if command.verb == "help":
            return help_on(command.arguments)
        if command.verb == "session":
            return self._settings(command.arguments)
        asked = [] if command.confirmed else questions(self._api, command)
        if asked and confirm is None:
            return Answer(Status.REFUSED, "repeat the command with -yes", tuple(asked))
        if asked and confirm is not None and not confirm(asked):
            return Answer(Status.REFUSED, "nothing was changed")
        if command.verb in BOTH_SERVERS:
            return BOTH_SERVERS[command.verb](self._api, command, self._server_of)
        handler = SERVER_VERBS.get((command.of, command.verb))
        if handler is not None:
            return handler(self._api, command, self._now())
        return OBJECT_VERBS[command.verb](self._api, command, self.visibility)

    def _settings(self, arguments: tuple[str, ...]) -> Answer:
        if not arguments:
            number = next(number for number, each in VISIBILITIES.items() if each is self.visibility)
            return Answer(detail=f"visibility={number}")
        name, _, value = arguments[-1].partition("=")
        if arguments[0].lower() != "set" or len(arguments) != 2 or name.lower() != "visibility":
            return Answer(Status.INVALID, "write session set visibility=NUMBER")
        if value not in VISIBILITIES:
            return Answer(Status.INVALID, "visibility is 5 (normal), 4 (advanced) or 3 (expert)")
        self.visibility = VISIBILITIES[value]
        return Answer(detail=f"visibility={value}")


def help_on(arguments: tuple[str, ...]) -> Answer:
    """`help [CLASS [ATTRIBUTE]]`."""
    if not arguments:
        classes = [name for name, each in CLASSES.items() if not each.parent]
        return Answer(
            lines=(
                f"classes: {', '.join(classes)}",
                f"of a class: {', '.join(LISTS)}",
                f"of an object: {', '.join(EDITS)}",
                f"dhcp: {', '.join(DHCP)}",
                f"others: {', '.join(GLOBAL)}",
                "help CLASS lists attributes; help CLASS ATTRIBUTE describes one",
            )
        )
    name = SINGLES.get(arguments[0].lower(), arguments[0].lower())
    known = CLASSES.get(name)
    if known is None or known.parent:
        return Answer(Status.NOT_FOUND, f"there is no class {arguments[0]!r}")
    wanted = arguments[1].lower() if len(arguments) > 1 else None
    rows = [each for each in known.attributes if wanted in (None, each.name)]
    if not rows:
        return Answer(Status.NOT_FOUND, f"{name} has no attribute {arguments[1]!r}")
    verbs = ", ".join([*EDITS, *ACTIONS.get(name, ())])
    heads = (f"{name}: {known.about}", f"commands: {verbs}")
    if wanted is not None:
        return Answer(lines=tuple(_attribute_help(rows[0])))
    return Answer(lines=(*heads, *(f"    {each.name}: {each.about.help}" for each in rows)))


def _attribute_help(attribute: Attribute) -> list[str]:
    lines = [f"{attribute.name}: {attribute.about.help}", f"    value: {described(attribute)}"]
    if attribute.required:
        return [*lines, "    it is required"]
    default = attribute.info.get_default(call_default_factory=True)
    return [*lines, f"    default: {'none' if attribute.secret or default in (None, '', (), {}) else text(default)}"]
