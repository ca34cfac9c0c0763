"""docs/options.md: the options that a configuration can have, from the registries (`dhcpserver/wire/optiontypes`).

python -m docs.options            write the page
python -m docs.options --check    fail if it is out of date
"""

import sys
from pathlib import Path

from dhcpserver.wire.optiontypes.definition import OptionDefinition
from dhcpserver.wire.optiontypes.named import TYPES
from dhcpserver.wire.optiontypes.standard4 import STANDARD4

PAGE = Path(__file__).resolve().parent / "options.md"
TABLES = "<!-- tables -->\n"


def page(text: str) -> str:
    """Return the page: what is written by hand above the mark, and the tables below it."""
    head, _, _ = text.partition(TABLES)
    lines = ["## Types", "", "| type | accepts | example |", "|---|---|---|"]
    lines += [f"| {kind.name} | {kind.accepts} | `{kind.example}` |" for kind in TYPES.values()]
    lines += ["", "## The options", "", "| code | name | also | type | values | source | example |"]
    lines += ["|---|---|---|---|---|---|---|"]
    lines += [_row(row) for row in STANDARD4 if not row.set_by_protocol]
    lines += ["", "## Options of the protocol", "", "A configuration cannot set these.", ""]
    lines += ["| code | name | source |", "|---|---|---|"]
    lines += [f"| {row.code} | {row.name} | {row.reference} |" for row in STANDARD4 if row.set_by_protocol]
    return head + TABLES + "\n" + "\n".join(lines) + "\n"


def _row(row: OptionDefinition) -> str:
    example = row.example.replace("|", "\\|")
    also = ", ".join(row.also)
    return f"| {row.code} | {row.name} | {also} | {row.type.name} | {row.cardinality} | {row.reference} | `{example}` |"


def main() -> int:
    """Write the page, or check it."""
    text = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        if text != page(text):
            print("docs/options.md is out of date: run make options", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(page(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
