"""Whether a fact is live or only last known. Every judgement uses these functions before it uses a fact.

A server that does not answer is "not seen". The console cannot tell whether it is down.
"""

from collections.abc import Iterable

from console.insight.limits import CLOCK_NOISE_SECONDS, STALE_AFTER_SECONDS, UNSEEN_AFTER_FAILURES
from console.insight.memo import once
from console.model.facts import PairFacts
from console.model.phases import Phase
from console.model.picture import PairPicture, ServerPicture


def age(server: ServerPicture, now: float) -> float | None:
    """Seconds since the last answer arrived, `None` when the server never answered."""
    return None if server.reported_at is None else max(0.0, now - server.reported_at)


def is_fresh(server: ServerPicture, now: float) -> bool:
    """Whether the last answer is recent enough to act on."""
    seconds = age(server, now)
    return seconds is not None and seconds <= STALE_AFTER_SECONDS


def is_seen(server: ServerPicture, now: float) -> bool:
    """Whether the server answers now: its last answer is fresh and could be read, and few polls have failed since."""
    return is_fresh(server, now) and server.failures < UNSEEN_AFTER_FAILURES and not server.unreadable


def live(server: ServerPicture, now: float) -> PairFacts | None:
    """The facts of the server if it is seen now, else None."""
    return server.facts if is_seen(server, now) else None


@once
def live_facts(pair: PairPicture, now: float) -> tuple[tuple[ServerPicture, PairFacts], ...]:
    """The servers that are seen now, with their facts, the main first."""
    found = []
    for server in main_first(pair.servers.values()):
        facts = live(server, now)
        if facts is not None:
            found.append((server, facts))
    return tuple(found)


def main_first(servers: Iterable[ServerPicture]) -> list[ServerPicture]:
    """The main, then the backup."""
    return sorted(servers, key=lambda server: (server.role != "main", server.name))


def last_phase(server: ServerPicture) -> Phase | None:
    """The phase of the last answer, of any age; None when the server never answered."""
    return None if server.facts is None else server.facts.phase


def without_answer(server: ServerPicture) -> str:
    """Why there are no facts of a server that never answered, in two or three words."""
    return "no answer yet" if server.make.polled else "not polled"


def last_word(server: ServerPicture) -> str:
    """The last state as the make of the server spells it; `unknown` when there is none."""
    return "unknown" if server.facts is None else server.facts.word or "unknown"


def clock_offset(server: ServerPicture) -> float:
    """How far the server's clock is ahead of the console's, in seconds; 0 within the noise."""
    if server.facts is None or server.reported_at is None:
        return 0.0
    offset = server.facts.at - server.reported_at
    return offset if abs(offset) > CLOCK_NOISE_SECONDS else 0.0


def on_our_clock(server: ServerPicture, at: float) -> float:
    """Converts a time that the server reported to the console's clock."""
    return at - clock_offset(server)
