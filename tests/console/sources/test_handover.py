"""From a thread to the event loop: everything, in order, in parts."""

import asyncio
import threading
import time
from itertools import pairwise

from console.sources.handover import BUDGET_SECONDS, Handover


async def handed_over(count: int, cost: float) -> tuple[list[int], list[int]]:
    """What arrived, and after each turn of the loop how much had arrived, of items that each keep the loop so long."""
    seen: list[int] = []
    turns = [0]

    def emit(item: int) -> None:
        end = time.monotonic() + cost
        while time.monotonic() < end:
            pass
        seen.append(item)

    handover: Handover[int] = Handover(asyncio.get_running_loop(), emit, threading.Event())
    telling = asyncio.create_task(asyncio.to_thread(handover.tell, list(range(count))))
    while not telling.done():
        turns.append(len(seen))
        await asyncio.sleep(0)
    return seen, turns


async def test_everything_arrives_in_order() -> None:
    seen, _ = await handed_over(5_000, 0.0)
    assert seen == list(range(5_000))


async def test_what_takes_long_is_given_in_parts_so_that_keys_are_heard_between_them() -> None:
    seen, turns = await handed_over(60, BUDGET_SECONDS / 2)
    assert seen == list(range(60))
    assert max(later - earlier for earlier, later in pairwise(turns)) <= 3


async def test_a_hand_over_that_is_to_stop_does_not_wait_for_the_loop() -> None:
    stopping = threading.Event()
    handover: Handover[int] = Handover(asyncio.get_running_loop(), lambda item: stopping.set(), stopping)
    await asyncio.wait_for(asyncio.to_thread(handover.tell, [1, 2, 3]), 10)
    assert stopping.is_set()
