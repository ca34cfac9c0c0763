"""The steps of a problem for the makes of the pair: what the console cannot do on a make is advice, or is left out."""

from dataclasses import replace

from console.insight.diagnosis.exchange import equal_databases
from console.insight.diagnosis.problem import Problem, Step
from console.insight.guarded.table import ACTIONS
from console.insight.joint import Joint
from console.insight.remedies import RUNBOOK, Remedy
from console.model.action_names import ActionName

IN_WORDS = {ActionName.STOP: "Stop {server} on its host: {why}"}
"""What a person does where the console has no such action."""


def possible(problem: Problem, both: Joint) -> Problem:
    """The problem with steps that are possible on the servers of the pair."""
    steps = tuple(each for step in problem.steps if (each := _possible(step, both)) is not None)
    return problem if steps == problem.steps or not steps else replace(problem, steps=steps)


def _possible(step: Step, both: Joint) -> Step | None:
    if not isinstance(step, Remedy):
        return step
    servers = [each for each in (both.main, both.backup) if step.server in (None, each.name)]
    if step.action == RUNBOOK:
        # The runbooks are those of the failover protocol, with its lead time.
        return None if equal_databases(both) else step
    if any(ACTIONS[step.action].needs in each.make.can for each in servers):
        return step
    words = IN_WORDS.get(step.action)
    return None if words is None else words.format(server=step.server or "the server", why=step.why)
