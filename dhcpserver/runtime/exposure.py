"""What of this server others can read or use because of how it was set up, and what is not advised: lines for the log
at each start."""

import stat
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from dhcpserver.config.advice import advice
from dhcpserver.config.objects import Configuration
from dhcpserver.contract import messages
from dhcpserver.failover.effects import LogLine, log_line


def exposed(configuration: Configuration, path: Path) -> Iterator[LogLine]:
    """Return a line for an API without TLS, for a file with a secret that others on this machine can read, and for
    what the configuration has that is not advised."""
    api = configuration.api
    if not api.certificate and not ip_address(api.address).is_loopback:
        yield log_line(messages.API_WITHOUT_TLS, address=api.address, port=api.port)
    what = _secret(configuration)
    for place, text in advice(configuration):
        yield log_line(messages.ADVICE, place=place, advice=text)
    if what is not None and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield log_line(messages.READABLE_SECRET, path=path, what=what)


def _secret(configuration: Configuration) -> str | None:
    """Return a secret of the file, in words; None without one."""
    if any(pair.shared_secret for pair in configuration.failover_pair):
        return "a shared secret"
    return "the secret of a webhook" if configuration.lease_events.webhook_secret.get_secret_value() else None
