"""What a command needs a confirmation for, with `-yes` or by an answer: the questions, from the state of the server."""

from dhcpserver.nrcmd.api import Api, Json
from dhcpserver.nrcmd.grammar import Command
from dhcpserver.nrcmd.related import shown

NORMAL = "NORMAL"
RECOVERING = ("RECOVER", "RECOVER-WAIT", "RECOVER-DONE")


def questions(api: Api, command: Command) -> list[str]:
    """Return what the operator has to confirm; empty if the command can be executed at once."""
    values = dict(command.values)
    if command.of == "failover-pair":
        return _of_pair(api, command, values)
    if command.of == "server" and command.verb == "reload":
        return _of_reload(api)
    return []


def _of_pair(api: Api, command: Command, values: dict[str, str | None]) -> list[str]:
    pair: Json = next((each for each in api.get("/status").get("pairs", []) if each.get("name") == command.name), {})
    state, partner = pair.get("state"), pair.get("partner_state")
    contact = pair.get("communications") == "ok"
    where = f"this server is {shown(state)}, its partner {'is' if contact else 'was last'} {shown(partner)}"
    if command.verb == "setPartnerDown":
        return [f"{where}. Is the partner proven to be stopped? One address could be given to two clients."]
    off = (values.get("failover") or "").lower() in ("false", "disabled", "off", "0")
    unfit = not contact or state == "PARTNER-DOWN" or partner != NORMAL
    if command.verb == "delete" or (off and unfit):
        return [
            f"{where}. Keep the pair configured while the partner is away, and set the partner down instead: failover "
            "that was off is hard to bring back."
        ]
    if "main" in values or "backup" in values:
        return [f"{where}. Other roles discard the failover state; no lease is lost. Both servers need the same roles."]
    return []


def _of_reload(api: Api) -> list[str]:
    preview = api.post("/config/preview", {})
    found = [
        f"{each['of']} {each['name']} is removed: {each['leases']} leases are forgotten, {each['active']} of them "
        "are active."
        for each in preview.get("losses", [])
    ]
    for pair in api.get("/status").get("pairs", []):
        if pair.get("state") in RECOVERING:
            found.append(f"this server is {pair['state']}: a reload now loses what its partner has sent so far.")
    return found
