"""The texts of remedies."""

from collections.abc import Mapping

from console.insight.diagnosis.problem import Step
from console.insight.remedies import RUNBOOK, Advice, Remedy
from console.model.action_names import ActionName

NAMES: Mapping[Advice, str] = {
    ActionName.SET_PARTNER_DOWN: "Set Partner Down",
    ActionName.SAFE_PERIOD: "Safe period",
    ActionName.EXTEND_SAFE_PERIOD: "Extend the safe period",
    ActionName.STOP: "Stop",
    ActionName.RELOAD: "Reload",
    ActionName.FORCE_AVAILABLE: "Force available",
    ActionName.REBALANCE: "Rebalance",
    ActionName.RECONFIGURE: "Reconfigure",
    ActionName.FAILOVER: "Failover",
    ActionName.ROLE: "Role",
    ActionName.START_MAINTENANCE: "Start maintenance",
    ActionName.CANCEL_MAINTENANCE: "Cancel maintenance",
    ActionName.CONTINUE: "Continue",
    ActionName.SYNC_LEASES: "Synchronise leases",
    ActionName.SET_SCOPES: "Set scopes",
    ActionName.RESET_FAILOVER: "Reset failover",
    ActionName.DISABLE_SERVICE: "Disable service",
    ActionName.ENABLE_SERVICE: "Enable service",
    RUNBOOK: "Runbook",
}


def step_words(step: Step) -> str:
    """`> Stop dhcp-b: why` for an action of the console, `- text` for advice."""
    if not isinstance(step, Remedy):
        return f"- {step}"
    about = " ".join(filter(None, [NAMES[step.action], step.subject, _where(step)]))
    return f"> {about}: {step.why}" if step.why else f"> {about}"


def _where(step: Remedy) -> str:
    if step.server is None:
        return "on both servers" if step.action in {ActionName.SAFE_PERIOD, ActionName.EXTEND_SAFE_PERIOD} else ""
    return step.server if step.action in {ActionName.STOP, ActionName.RELOAD} else f"on {step.server}"
