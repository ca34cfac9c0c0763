"""`pairwatch nrcmd`: one command, the lines of standard input, or a prompt with completion and history."""

import getpass
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_state_path

from dhcpserver.nrcmd.answer import Answer, Status
from dhcpserver.nrcmd.api import Api, Failed, HttpApi
from dhcpserver.nrcmd.session import Session

DEFAULT_PORT = 8067
PASSWORD = "PAIRWATCH_PASSWORD"
PROMPT = "nrcmd> "


@dataclass(frozen=True, slots=True)
class Login:
    """How servers are reached: one URL by cluster, and one login for all.

    Attributes:
        server: the server of the session: a URL, or HOST:PORT, then by HTTP on loopback and HTTPS elsewhere.
        servers: URLs of other servers by the name of their cluster.
        ca_file: the authorities that HTTPS trusts, None for those of the system.
    """

    server: str
    user: str
    password: str
    servers: tuple[tuple[str, str], ...] = ()
    ca_file: Path | None = None

    def api(self, server: str) -> HttpApi:
        """Return the API of a server."""
        verify = True if self.ca_file is None else str(self.ca_file)
        return HttpApi.open(url_of(server), self.user, self.password, verify=verify)

    def server_of(self, api: Api, cluster: str) -> Api:
        """Return the API of the server that a cluster names. Raises ValueError if its URL is not given."""
        if api.get("/config/objects/server/-").get("values", {}).get("name") == cluster:
            return api
        named = dict(self.servers)
        if cluster not in named:
            raise ValueError(f"where is the server of {cluster}? Start nrcmd with --server {cluster}=HOST:PORT")
        return self.api(named[cluster])


def url_of(server: str) -> str:
    """Return the URL of `HOST`, `HOST:PORT` or a URL."""
    if "://" in server:
        return server
    host, colon, port = server.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = server, str(DEFAULT_PORT)
    loopback = host in ("localhost", "[::1]") or host.startswith("127.")
    return f"http{'' if loopback else 's'}://{host}:{port}"


def password_of(file: Path | None, user: str) -> str:
    """Return the password: of the file, of the environment, or from a prompt. Never an argument: others can see it."""
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    found = os.environ.get(PASSWORD)
    if found is not None:
        return found
    return getpass.getpass(f"password of {user}: ")


def run(login: Login, words: tuple[str, ...]) -> int:
    """Execute a command, or the lines of standard input; return 0 if all succeeded, else 1."""
    api = login.api(login.server)
    session = Session(api, lambda cluster: login.server_of(api, cluster), time.time)
    if words:
        return _show(session.execute(" ".join(_quoted(word) for word in words)))
    if not sys.stdin.isatty():
        return _run_lines(session, sys.stdin)
    return _interact(session, api)


def _quoted(word: str) -> str:
    """Return a word of the shell as one of the language: its quotes are gone, and it may have spaces."""
    if word and not any(char.isspace() or char in '"#' for char in word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _run_lines(session: Session, lines: Iterable[str]) -> int:
    """Execute lines, and stop at the first that fails: the next may depend on it."""
    for line in lines:
        if _show(session.execute(line)):
            return 1
        if session.ended:
            break
    return 0


def _show(answer: Answer | None) -> int:
    if answer is None:
        return 0
    print(answer.text())
    return 0 if answer.succeeded else 1


def _interact(session: Session, api: Api) -> int:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    from dhcpserver.nrcmd.prompt import LineCompleter

    folder = user_state_path("pairwatch", ensure_exists=True)
    prompt: PromptSession[str] = PromptSession(history=FileHistory(str(folder / "nrcmd-history")))
    completer = LineCompleter(lambda of: _names(api, of))

    def confirm(questions: list[str]) -> bool:
        print("\n".join(questions))
        return prompt.prompt("Continue? (yes/no) ", completer=None).strip().lower() == "yes"

    while not session.ended:
        try:
            line = prompt.prompt(PROMPT, completer=completer, complete_while_typing=False)
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        try:
            _show(session.execute(line, confirm))
        except (KeyboardInterrupt, EOFError):
            print(Answer(Status.REFUSED, "nothing was changed").text())
    return 0


def _names(api: Api, of: str) -> list[str]:
    try:
        return [str(each["name"]) for each in api.get(f"/config/objects/{of}").get("objects", [])]
    except Failed:
        return []
