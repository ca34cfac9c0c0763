"""The doctor's checks of the interface: the configured theme and keys."""

from collections.abc import Iterator

from console.doctor.results import CheckResult, fail, ok, warn
from console.insight.wording import plural
from console.settings.document import Settings
from console.tui.keys.check import find_faults
from console.tui.themes.files import load_themes


def check_themes(settings: Settings) -> Iterator[CheckResult]:
    """Check the user's themes and the configured theme."""
    found = load_themes()
    for path, reason in found.failed.items():
        yield warn("theme", f"{path}: {reason}", "correct the file; it is not used until then")
    wanted = settings.console.theme
    if wanted in found.loaded:
        yield ok("theme", f"{wanted}, of {', '.join(sorted(found.loaded))}")
    else:
        yield fail("theme", f"unknown theme {wanted!r}", f"choose one of {', '.join(sorted(found.loaded))}")


def check_keys(settings: Settings) -> Iterator[CheckResult]:
    """Check the keys that the user has changed."""
    wrong = find_faults(settings.keys)
    for each in wrong:
        yield fail("keys", each, "correct [keys]; the console does not start with it")
    if settings.keys and not wrong:
        yield ok("keys", f"{plural(len(settings.keys), 'binding')} changed")
