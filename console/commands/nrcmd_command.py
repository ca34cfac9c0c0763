"""`pairwatch nrcmd`: the command language of the server, in a package of its own (dhcpserver/nrcmd)."""

import importlib
from pathlib import Path

import click

from console.commands.options import FILE, VERBOSE, VERSION, set_verbosity


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@VERBOSE
@VERSION
@click.option(
    "-C", "--cluster", "server", default="127.0.0.1:8067", metavar="HOST:PORT", help="The server, or its URL."
)
@click.option("-N", "--user", default="admin", show_default=True, help="The login.")
@click.option("--password-file", type=FILE, help="A file with the password; else PAIRWATCH_PASSWORD, or a prompt.")
@click.option("--ca-file", type=FILE, help="The authorities that HTTPS trusts, instead of the system's.")
@click.option(
    "--server", "others", multiple=True, metavar="CLUSTER=HOST:PORT", help="Where the server of a cluster is, for sync."
)
@click.argument("words", nargs=-1, metavar="[COMMAND ...]")
def nrcmd(
    verbose: int,
    server: str,
    user: str,
    password_file: Path | None,
    ca_file: Path | None,
    others: tuple[str, ...],
    words: tuple[str, ...],
) -> int:
    """Configure and operate a server: one COMMAND, the lines of standard input, or a prompt with completion."""
    set_verbosity(verbose)
    servers = [each.partition("=") for each in others]
    for name, equals, where in servers:
        if not (name and equals and where):
            raise click.UsageError("--server is CLUSTER=HOST:PORT")
    command = importlib.import_module("dhcpserver.nrcmd.command")
    try:
        password = command.password_of(password_file, user)
    except OSError as error:
        raise click.UsageError(f"cannot read {password_file}: {error.strerror}") from None
    login = command.Login(server, user, password, tuple((name, where) for name, _, where in servers), ca_file)
    return int(command.run(login, words))
