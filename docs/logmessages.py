"""docs/log-messages.md: every message of the server's log, from the catalogue (`dhcpserver/contract/messages.py`).

python -m docs.logmessages            write the page
python -m docs.logmessages --check    fail if it is out of date
"""

import sys
from itertools import groupby
from pathlib import Path

from dhcpserver.contract.meanings import MEANINGS
from dhcpserver.contract.messages import CATALOGUE

PAGE = Path(__file__).resolve().parent / "log-messages.md"

HEAD = """\
# The messages of the log

Every message of the server's log: its number, its meaning, its texts with their levels. `{name}` is a value.
A text with a setting is written only with that setting in `log-settings` (or, for `failover-activity` and
`failover-conflict`, unless `no-failover-activity` or `no-failover-conflict` is there).

This page is made from `dhcpserver/contract/messages.py` by `make log-messages`.
"""


def page() -> str:
    """Return the page."""
    lines = [HEAD]
    for number, rows in groupby(CATALOGUE, key=lambda each: each.number):
        meaning = MEANINGS[number]
        lines.append(f"## {number:05}\n\n{meaning[:1].upper()}{meaning[1:]}.\n")
        for row in rows:
            setting = "" if row.setting is None else f" ({row.setting})"
            lines.append(f"- {row.level}{setting}: {row.text}")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Write the page, or check it."""
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
            print("docs/log-messages.md is out of date: run make log-messages", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
