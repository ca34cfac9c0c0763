"""Whether this terminal can show the console. A function of its environment."""

from collections.abc import Iterator, Mapping

from console.doctor.findings import Finding, ok, warn

SMALLEST = (80, 24)
DUMB = frozenset({"", "dumb", "unknown"})


def terminal(
    environment: Mapping[str, str], size: tuple[int, int], encoding: str, is_terminal: bool
) -> Iterator[Finding]:
    """Findings about the terminal. `size` is columns and lines."""
    if not is_terminal:
        yield warn("terminal", "standard output is no terminal", "run the doctor where the console will run")
        return
    kind = environment.get("TERM", "")
    if kind in DUMB:
        yield warn("terminal", f"TERM is {kind!r}", "set TERM to what the terminal is, such as xterm-256color")
    columns, lines = size
    if columns < SMALLEST[0] or lines < SMALLEST[1]:
        yield warn("size", f"{columns}x{lines}", "the console needs 80x24: make the window larger")
    else:
        yield ok("size", f"{columns}x{lines}")
    if encoding.lower().replace("-", "") != "utf8":
        yield warn("encoding", encoding, "signs of states need UTF-8: set LANG to C.UTF-8 or to a locale with UTF-8")
    else:
        yield ok("encoding", encoding)
    yield _colours(environment)
    yield _clipboard(environment)


def _colours(environment: Mapping[str, str]) -> Finding:
    if environment.get("NO_COLOR"):
        return ok("colours", "off (NO_COLOR); every state has a word and a sign as well")
    if environment.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return ok("colours", "16 million")
    return warn(
        "colours",
        "the terminal does not say that it has 16 million",
        "if it has, set COLORTERM=truecolor; SSH does not pass it on by itself (SendEnv COLORTERM). "
        "With fewer, --theme contrast reads best",
    )


def _clipboard(environment: Mapping[str, str]) -> Finding:
    if environment.get("TMUX"):
        return warn(
            "clipboard",
            "copies go through tmux",
            "in tmux: set -g set-clipboard on, set -as terminal-features ',*:clipboard'",
        )
    if environment.get("STY"):
        return warn("clipboard", "screen does not pass copies on", "use tmux, or the terminal's own selection")
    return ok("clipboard", "copies go by OSC 52, where the terminal takes them")
