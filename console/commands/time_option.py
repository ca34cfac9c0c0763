"""A time on the command line."""

import click

from console.insight.dates import DateError, parse_date
from console.state.zones import LocalZone


def parse_time_option(option: str, text: str, now: float, zone: LocalZone) -> float:
    """The time that an option names. Raises a usage error that lists the accepted forms."""
    try:
        return parse_date(text, now, zone)
    except DateError as error:
        raise click.UsageError(f"{option}: {error}") from error
