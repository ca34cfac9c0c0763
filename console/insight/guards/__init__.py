"""What must hold before an action is taken: for each action a table of guards, judged on what both servers said just
now.

A hard guard that fails blocks, always. A soft guard that fails asks for the operator's word and a reason, which are
recorded. A guard answers `None` when it holds and the reason when it does not, so an operator always reads why. What a
guard cannot see it refuses: stale facts are no facts.
"""

from console.insight.guards.attempt import Attempt, Guard, Verdict
from console.insight.guards.offers import offered, why_not
from console.insight.guards.partner_down import GUARDS
from console.insight.guards.table import BY_WORD_ALONE, GUARDS_OF, judge, refusals

__all__ = [
    "BY_WORD_ALONE",
    "GUARDS",
    "GUARDS_OF",
    "Attempt",
    "Guard",
    "Verdict",
    "judge",
    "offered",
    "refusals",
    "why_not",
]
