"""The command `web` with its options."""

from pathlib import Path

import click

from console.commands.options import COMMON, PAIR, PROGRAM, THEME, set_verbosity

PORT = 8023


@click.command()
@COMMON
@THEME
@PAIR
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="A loopback address.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@click.option("--public-url", metavar="URL", help="The address that browsers use, behind a tunnel or a reverse proxy.")
@click.pass_context
def web(
    context: click.Context,
    config: Path | None,
    verbose: int,
    theme: str | None,
    pair: str | None,
    host: str,
    port: int,
    public_url: str | None,
) -> int:
    """Serve a watch-only console to browsers on this host. Nothing can be changed in it."""
    set_verbosity(verbose)
    from console.commands import web as command

    options = command.WebOptions(host, port, public_url, theme, pair)
    return command.run(config or context.obj, options, context.meta[PROGRAM])
