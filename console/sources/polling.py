"""One poll of one server as an observation."""

from console.errors import NoSuchPair, SourceError
from console.makes.source import Source
from console.model.observations import PollAnswer, PollFailure
from console.state.store import Clock


async def poll_server(source: Source, pair: str, server: str, clock: Clock) -> PollAnswer | PollFailure:
    """An answer, or the reason why there is none. Never raises for what a network or a server does."""
    try:
        polled = await source.poll()
    except SourceError as error:
        return PollFailure(clock(), pair, server, str(error), isinstance(error, NoSuchPair))
    return PollAnswer(clock(), pair, server, polled.facts, polled.raw)
