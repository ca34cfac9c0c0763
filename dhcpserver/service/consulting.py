"""Messages that wait for an answer from outside of the core, and what became of the questions.

A question goes to the shell with the outputs of a turn, and its answer arrives with the inputs of a later one.
Meanwhile the message waits; turns go on. A message whose answers are not there in time is handled as configured. So an
extension or a directory that is slow or away can delay its own messages by the time limit, and nothing else.

Pure: the shell asks.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from dhcpserver.service.guidance import NO_GUIDANCE, Guidance
from dhcpserver.service.query import Arrival
from dhcpserver.service.v6.query import Arrival6

WAITING = 2000
"""Messages that wait at most; a further one is handled as configured at once."""


class Asked(Enum):
    """Who answers a question."""

    EXTENSIONS = "extensions"
    DIRECTORY = "directory"


class Question(NamedTuple):
    """A question to the shell; `request` can be written as JSON."""

    number: int
    of: Asked
    request: dict[str, Any]


class Finding(NamedTuple):
    """The answer to a question: `result`, or why there is none (`failure`)."""

    number: int
    result: Any = None
    failure: str = ""


class Ask(NamedTuple):
    """A question to be sent, how long its answer is awaited in seconds, and what makes guidance of it.

    `late` is called if the answer is not there in time. `use` gets the finding and the guidance so far.
    """

    of: Asked
    request: dict[str, Any]
    seconds: float
    use: Callable[[Finding, Guidance], Guidance]
    late: Callable[[], None]


class Ready(NamedTuple):
    """A message that can be handled now."""

    octets: bytes
    arrival: Arrival | Arrival6
    guidance: Guidance


@dataclass(slots=True)
class _Waiting:
    octets: bytes
    arrival: Arrival | Arrival6
    deadline: float
    open: dict[int, Ask]
    guidance: Guidance = NO_GUIDANCE


class Consulting:
    """The messages that wait.

    Attributes:
        questions: to be sent; taken by the core.
    """

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self._next = 1
        self._waiting: dict[int, _Waiting] = {}
        """By the number of each open question."""
        self._messages = 0
        self._ends: list[tuple[float, int]] = []

    def ask(
        self, octets: bytes, arrival: Arrival | Arrival6, asks: Iterable[Ask], now: float, known: Guidance = NO_GUIDANCE
    ) -> Ready | None:
        """Ask about a message; return it if it need not wait. `known`: what is known without asking."""
        wanted = list(asks)
        if not wanted:
            return Ready(octets, arrival, known)
        if self._messages >= WAITING:
            for each in wanted:
                each.late()
            return Ready(octets, arrival, known)
        waiting = _Waiting(octets, arrival, now + max(each.seconds for each in wanted), {}, known)
        for each in wanted:
            number = self._next
            self._next += 1
            waiting.open[number] = each
            self._waiting[number] = waiting
            self.questions.append(Question(number, each.of, each.request))
            heapq.heappush(self._ends, (waiting.deadline, number))
        self._messages += 1
        return None

    def answered(self, findings: Iterable[Finding]) -> list[Ready]:
        """Return the messages whose last open question was answered. A late answer is void."""
        ready: list[Ready] = []
        for finding in findings:
            waiting = self._waiting.pop(finding.number, None)
            if waiting is None:
                continue
            ask = waiting.open.pop(finding.number)
            waiting.guidance = ask.use(finding, waiting.guidance)
            if not waiting.open:
                ready.append(self._released(waiting))
        return ready

    def due(self, now: float) -> list[Ready]:
        """Return the messages whose answers are late."""
        ready: list[Ready] = []
        while self._ends and self._ends[0][0] <= now:
            _, number = heapq.heappop(self._ends)
            waiting = self._waiting.get(number)
            if waiting is None:
                continue
            for each, ask in waiting.open.items():
                del self._waiting[each]
                ask.late()
            ready.append(self._released(waiting))
        return ready

    def _released(self, waiting: _Waiting) -> Ready:
        self._messages -= 1
        return Ready(waiting.octets, waiting.arrival, waiting.guidance)

    def take(self) -> list[Question]:
        """Return the questions since the last call."""
        questions, self.questions = self.questions, []
        return questions

    def next_deadline(self) -> float | None:
        """Return when `due` has something to do."""
        while self._ends and self._ends[0][1] not in self._waiting:
            heapq.heappop(self._ends)
        return self._ends[0][0] if self._ends else None

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._ends = [(end + step, number) for end, number in self._ends]
        for waiting in {id(each): each for each in self._waiting.values()}.values():
            waiting.deadline += step
