"""Remedies as a person reads them."""

from console.insight.diagnosis.finding import Step
from console.insight.remedies import (
    EXTEND_SAFE_PERIOD,
    FORCE_AVAILABLE,
    REBALANCE,
    RELOAD,
    RUNBOOK,
    SAFE_PERIOD,
    SET_PARTNER_DOWN,
    STOP,
    Remedy,
)

NAMES = {
    SET_PARTNER_DOWN: "Set Partner Down",
    SAFE_PERIOD: "Safe period",
    EXTEND_SAFE_PERIOD: "Extend the safe period",
    STOP: "Stop",
    RELOAD: "Reload",
    FORCE_AVAILABLE: "Force available",
    REBALANCE: "Rebalance",
    RUNBOOK: "Runbook",
}


def step_words(step: Step) -> str:
    """`> Stop dhcp-b: why` for what the console can do, `- text` for what only a person can."""
    if not isinstance(step, Remedy):
        return f"- {step}"
    about = " ".join(filter(None, [NAMES.get(step.action, step.action), step.subject, _where(step)]))
    return f"> {about}: {step.why}" if step.why else f"> {about}"


def _where(step: Remedy) -> str:
    if step.server is None:
        return "on both servers" if step.action in {SAFE_PERIOD, EXTEND_SAFE_PERIOD} else ""
    return step.server if step.action in {STOP, RELOAD} else f"on {step.server}"
