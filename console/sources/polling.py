"""One poll of one server as an observation."""

import logging
from dataclasses import replace

from console.errors import NoSuchPair, SourceError, Unreadable
from console.makes.source import Source
from console.model.facts import NO_CLOCK
from console.model.observations import PollAnswer, PollFailure
from console.state.store import Clock

FAILED = "this version cannot read its answer, please report it"


async def poll_server(source: Source, pair: str, server: str, clock: Clock) -> PollAnswer | PollFailure:
    """An answer, or the reason why there is none. Never raises for what a network or a server does."""
    try:
        polled = await source.poll()
    except SourceError as error:
        unreadable = isinstance(error, Unreadable)
        return PollFailure(clock(), pair, server, str(error), isinstance(error, NoSuchPair), unreadable)
    except Exception as error:
        # A fault of this program: it concerns one server, and the others are still watched.
        logging.getLogger(__name__).exception("a poll failed")
        return PollFailure(clock(), pair, server, f"{FAILED} ({type(error).__name__}: {error})", unreadable=True)
    now = clock()
    facts = polled.facts if polled.facts.at != NO_CLOCK else replace(polled.facts, at=now)
    return PollAnswer(now, pair, server, facts, polled.raw)
