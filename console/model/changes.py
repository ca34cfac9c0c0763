"""What of a report is told in the story of a pair when it differs from the report before: a table of facts."""

from collections.abc import Callable
from dataclasses import dataclass

from console.model.reports import Report


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `read` is its value in a report; `words` what to say of the value before and the one now."""

    read: Callable[[Report], object]
    words: Callable[[Report, Report], str]


def _serving(before: Report, now: Report) -> str:
    return "serves again" if now.serving else f"serves nobody: {now.not_serving_reason or 'it gives no reason'}"


def _setting(name: str, read: Callable[[Report], object]) -> Fact:
    return Fact(read, lambda before, now: f"{name} {read(before)} -> {read(now)}")


def _switch(name: str, read: Callable[[Report], bool]) -> Fact:
    return Fact(read, lambda before, now: f"{name} switched {'on' if read(now) else 'off'}")


FACTS: tuple[Fact, ...] = (
    Fact(lambda report: report.serving, _serving),
    Fact(
        lambda report: report.interrupted,
        lambda before, now: "lost contact with its partner" if now.interrupted else "has contact with its partner",
    ),
    Fact(
        lambda report: report.config_mismatch,
        lambda before, now: (
            f"finds its partner configured differently: {'; '.join(now.config_mismatch)}"
            if now.config_mismatch
            else "finds its partner configured alike"
        ),
    ),
    Fact(
        lambda report: report.reload_pending,
        lambda before, now: "waits for a reload" if now.reload_pending else "waits for no reload any more",
    ),
    _switch("use-safe-period", lambda report: report.use_safe_period),
    _switch("load balancing", lambda report: report.load_balancing),
    _setting("safe period (s)", lambda report: report.safe_period),
    _setting("MCLT (s)", lambda report: report.mclt),
    _setting("backup percentage", lambda report: report.backup_pct),
)


def changed_facts(server: str, before: Report, now: Report) -> list[str]:
    """A line for each fact that differs."""
    return [f"{server} {fact.words(before, now)}" for fact in FACTS if fact.read(before) != fact.read(now)]
