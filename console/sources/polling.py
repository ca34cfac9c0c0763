"""One poll of one server as an observation."""

from dataclasses import replace

from console.errors import NoSuchPair, SourceError
from console.makes.source import Source
from console.model.facts import NO_CLOCK
from console.model.observations import PollAnswer, PollFailure
from console.state.store import Clock


async def poll_server(source: Source, pair: str, server: str, clock: Clock) -> PollAnswer | PollFailure:
    """An answer, or the reason why there is none. Never raises for what a network or a server does."""
    try:
        polled = await source.poll()
    except SourceError as error:
        return PollFailure(clock(), pair, server, str(error), isinstance(error, NoSuchPair))
    now = clock()
    facts = polled.facts if polled.facts.at != NO_CLOCK else replace(polled.facts, at=now)
    return PollAnswer(now, pair, server, facts, polled.raw)
