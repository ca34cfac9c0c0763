"""The invariants that hold after every step (I1 to I12), one module each.

I10 (dynamic BOOTP scopes) is in `reuse`, with I5. I4 (parity) applies to IPv6 addresses, I3 (shares) to the others.
"""

from tests.simulation.checks.answers import Answers
from tests.simulation.checks.balancing import OneAnswer
from tests.simulation.checks.base import Check
from tests.simulation.checks.durability import Durability
from tests.simulation.checks.lead import Lead
from tests.simulation.checks.marks import Marks
from tests.simulation.checks.ownership import Ownership
from tests.simulation.checks.parity import Parity
from tests.simulation.checks.potentials import Monotone
from tests.simulation.checks.promises import Promises
from tests.simulation.checks.reuse import Reuse
from tests.simulation.checks.silence import Silence

CHECKS: tuple[type[Check], ...] = (
    Silence,
    Promises,
    Lead,
    Ownership,
    Parity,
    Reuse,
    Durability,
    Monotone,
    OneAnswer,
    Answers,
    Marks,
)
"""In the order in which they are called, after `Takeovers`, which several of them use."""
