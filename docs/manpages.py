"""Makes docs/man/, one page of section 1 for `pairwatch` and for each of its commands, from the command line itself.

python -m docs.manpages            write the pages
python -m docs.manpages --check    fail if they are out of date

The form is that of click-man. Its short texts end after 45 characters, and its pages have the date of the day; here the
first sentence of the help is the short text, and the pages have no date, so that they change with the commands only.
"""

import sys
from collections.abc import Iterator
from importlib.metadata import version
from inspect import cleandoc
from pathlib import Path

import click
from click_man.man import ManPage

from console.cli import pairwatch

FOLDER = Path(__file__).resolve().parent / "man"
NAME = "pairwatch"


def short(command: click.Command) -> str:
    """The first sentence of a command's help, without its full stop."""
    text = " ".join(cleandoc(command.help or "").split("\n\n")[0].split())
    return text.split(". ")[0].rstrip(".")


def page(context: click.Context) -> str:
    """The page of one command."""
    command = context.command
    made = ManPage(context.command_path)
    made.version = version(NAME)
    made.date = ""
    made.short_help = short(command)
    made.description = cleandoc(command.help or "")
    made.synopsis = " ".join(command.collect_usage_pieces(context))
    made.options = [
        record
        for each in command.params
        if isinstance(each, click.Option) and (record := each.get_help_record(context)) is not None
    ]
    if isinstance(command, click.Group):
        made.commands = [(name, short(each)) for name, each in command.commands.items()]
    title, rest = str(made).split("\n", 1)
    return title.replace(context.command_path.upper(), file_word(context).upper()) + "\n" + rest


def file_word(context: click.Context) -> str:
    """The name of a command's page: pairwatch-incident-save."""
    return context.command_path.replace(" ", "-")


def pages(
    command: click.Command = pairwatch, name: str = NAME, parent: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """The file name and the text of each page."""
    context = click.Context(command, info_name=name, parent=parent)
    yield f"{file_word(context)}.1", page(context)
    if isinstance(command, click.Group):
        for inner, each in command.commands.items():
            if not each.hidden:
                yield from pages(each, inner, context)


def main() -> int:
    """Write the pages, or check them."""
    wanted = dict(pages())
    present = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.1")}
    if "--check" in sys.argv:
        if wanted != present:
            names = sorted(name for name in {*wanted, *present} if wanted.get(name) != present.get(name))
            print(f"docs/man is out of date ({', '.join(names)}): run make man", file=sys.stderr)
            return 1
        return 0
    FOLDER.mkdir(exist_ok=True)
    for name in present.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
