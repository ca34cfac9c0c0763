"""The command `leases` with its options."""

from pathlib import Path
from typing import Any

import click

from console.commands.options import COMMON, LISTED, set_verbosity


@click.command()
@COMMON
@LISTED
@click.option("--shortest-lead", "shortest", type=click.IntRange(min=1), metavar="N", help="N with the shortest lead.")
@click.option("--json", "form", flag_value="json", help="A JSON object a line instead of text.")
@click.option("--csv", "form", flag_value="csv", help="CSV instead of text.")
@click.argument("pair", required=False)
@click.pass_obj
def leases(
    outer: Path | None,
    /,
    config: Path | None,
    verbose: int,
    pair: str | None,
    scope: str | None,
    shortest: int | None,
    form: str | None,
    **wanted: Any,
) -> int:
    """List the leases of both partners, joined by address, of one PAIR or all. Status 1: some could not be read."""
    set_verbosity(verbose)
    from console.commands import leases as command
    from console.insight.leases.filters import LeaseFilter

    options = command.LeasesOptions(pair, scope, LeaseFilter(**wanted), shortest, command.form_of(form))
    return command.run(config or outer, options)
