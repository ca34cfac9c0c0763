"""Checks of extensions and the points at which they are called."""

from collections.abc import Iterator

from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Fault


def check_points(configuration: Configuration) -> Iterator[Fault]:
    """Yield points with extensions that do not exist, or that are called twice."""
    known = {each.name for each in configuration.extension}
    for index, point in enumerate(configuration.extension_point):
        for number, name in enumerate(point.extensions):
            place: Location = ("extension-point", index, "extensions", number)
            if name not in known:
                yield place, f"there is no extension {name!r} (there are: {', '.join(sorted(known)) or 'none'})"
            elif name in point.extensions[:number]:
                yield place, f"extension {name!r} is there twice"


CHECKS = (check_points,)
"""The checks, for `check.CHECKS`."""
