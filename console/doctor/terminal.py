"""Checks of the terminal: whether it can show the console. A function of its environment."""

from collections.abc import Iterator, Mapping

from console.doctor.results import CheckResult, ok, warn

SMALLEST = (80, 24)
DUMB = frozenset({"", "dumb", "unknown"})


def check_terminal(
    environment: Mapping[str, str], size: tuple[int, int], encoding: str, is_terminal: bool
) -> Iterator[CheckResult]:
    """Check the terminal. `size` is columns and lines."""
    if not is_terminal:
        yield warn("terminal", "standard output is not a terminal", "run the doctor where the console will run")
        return
    kind = environment.get("TERM", "")
    if kind in DUMB:
        yield warn("terminal", f"TERM is {kind!r}", "set TERM to the terminal's type, such as xterm-256color")
    columns, lines = size
    if columns < SMALLEST[0] or lines < SMALLEST[1]:
        yield warn("size", f"{columns}x{lines}", "the console needs 80x24: make the window larger")
    else:
        yield ok("size", f"{columns}x{lines}")
    if encoding.lower().replace("-", "") != "utf8":
        yield warn("encoding", encoding, "symbols need UTF-8: set LANG to C.UTF-8 or to a locale with UTF-8")
    else:
        yield ok("encoding", encoding)
    yield _check_colours(environment)
    yield _check_clipboard(environment)


def _check_colours(environment: Mapping[str, str]) -> CheckResult:
    if environment.get("NO_COLOR"):
        return ok("colours", "off (NO_COLOR); every state also has a word and a symbol")
    if environment.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return ok("colours", "16 million")
    return warn(
        "colours",
        "the terminal does not report 16 million colours",
        "if it has them, set COLORTERM=truecolor; SSH does not pass it on by default (SendEnv COLORTERM). "
        "With fewer colours, --theme contrast is the most readable",
    )


def _check_clipboard(environment: Mapping[str, str]) -> CheckResult:
    if environment.get("TMUX"):
        return warn(
            "clipboard",
            "copies go through tmux",
            "in tmux: set -g set-clipboard on, set -as terminal-features ',*:clipboard'",
        )
    if environment.get("STY"):
        return warn("clipboard", "screen does not pass copies on", "use tmux, or the terminal's own selection")
    return ok("clipboard", "copies use OSC 52, if the terminal supports it")
