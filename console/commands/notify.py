"""`pairwatch notify`: lists the notifications, and sends test messages. URLs are secrets and are not shown."""

from pathlib import Path

import click

from console.collector.participant import HOST
from console.errors import ConfigError, ConsoleError
from console.notify.sender import DeliveryError, deliver
from console.settings.notify import NotifySettings
from console.settings.setup import settings_at


def run(config: Path | None, name: str | None, test: bool) -> int:
    """Print one line for each notification. Raises ConsoleError if a test message was not delivered."""
    chosen = _select_notifications(settings_at(config).notify, name)
    failed = []
    for each in chosen:
        words = f"{each.name}: {', '.join(each.severities) or 'only by escalation'}"
        if test:
            try:
                deliver(each.urls(), "TEST Pairwatch", f"A test message by {each.name} from {HOST}. There is no fault.")
            except (DeliveryError, ConfigError) as error:
                failed.append(f"notification {each.name}: {error}")
                continue
            words += "; the test message was delivered"
        click.echo(words)
    if failed:
        raise ConsoleError(*failed)
    return 0


def _select_notifications(notifications: tuple[NotifySettings, ...], name: str | None) -> list[NotifySettings]:
    found = [each for each in notifications if name in (None, each.name)]
    if not found:
        known = ", ".join(each.name for each in notifications) or "none is configured: add a [[notify]]"
        raise ConfigError(
            f"no notification {name or ''}: choose one of {known}" if name else f"no notification: {known}"
        )
    return found
