"""The scope template of the pair, applied to a new scope (R-044)."""

from collections.abc import Mapping
from ipaddress import IPv4Network

from dhcpserver.config.sync.change import Document

_EXPRESSIONS = ("name", "ranges-expr", "router-expr")
_ROUTERS = "routers"


def with_template(document: Document, of: str, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return the values of a new object with those of the pair's template, which never replace given ones.

    Expressions are evaluated here, once; of a subnet that is none nothing is.
    """
    if of != "scope":
        return values
    wanted = next((pair.get("scopetemplate") for pair in document.get("failover-pair", ())), None)
    template = next((each for each in document.get("scope-template", ()) if each.get("name") == wanted), None)
    if template is None:
        return values
    given = {name.lower() for name in values}
    found = {name: value for name, value in template.items() if name not in _EXPRESSIONS and name not in given}
    subnet = _subnet(next((value for name, value in values.items() if name.lower() == "subnet"), None))
    if subnet is not None:
        if "ranges" not in given and template.get("ranges-expr"):
            found["ranges"] = [_range(subnet, each) for each in template["ranges-expr"]]
        if "options" not in given and "router-expr" in template:
            found["options"] = {_ROUTERS: [_host(subnet, template["router-expr"])]} | dict(found.get("options", {}))
    return {**found, **values}


def _subnet(value: object) -> IPv4Network | None:
    try:
        return IPv4Network(str(value))
    except ValueError:
        return None


def _range(subnet: IPv4Network, text: str) -> str:
    first, _, last = text.partition("-")
    return f"{_host(subnet, int(first))}-{_host(subnet, int(last))}"


def _host(subnet: IPv4Network, number: int) -> str:
    """Return the address of a host by its number; a number outside of the subnet leads to an error of the edit."""
    start = subnet.network_address if number >= 0 else subnet.broadcast_address + 1
    try:
        return str(start + number)
    except ValueError:
        return str(subnet.network_address)
