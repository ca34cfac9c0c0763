"""The reference in docs/configuration.md: every class and attribute, from the catalogue (`dhcpserver/config/classes`).

python -m docs.configuration            write the page
python -m docs.configuration --check    fail if it is out of date
"""

import sys
from pathlib import Path

from pydantic import SecretStr

from dhcpserver.config.catalogue import Attribute, Visibility
from dhcpserver.config.expected import expected
from dhcpserver.config.registry import CLASSES, ObjectClass

PAGE = Path(__file__).resolve().parent / "configuration.md"
REFERENCE = "<!-- reference -->\n"
_VISIBLE = {Visibility.NORMAL: "", Visibility.ADVANCED: "advanced", Visibility.EXPERT: "expert"}


def page(text: str) -> str:
    """Return the page: what is written by hand above the mark, and the reference below it."""
    head, _, _ = text.partition(REFERENCE)
    parts = [
        "## Reference",
        "",
        "Every table and attribute. A default of `-` is none. Advanced and expert attributes are for special cases.",
        "The last column is what an attribute counts as when the configurations of the partners are synchronised.",
    ]
    for each in CLASSES.values():
        parts += ["", *_class(each)]
    return head + REFERENCE + "\n" + "\n".join(parts) + "\n"


def _class(each: ObjectClass) -> list[str]:
    first = (each.model.__doc__ or "").strip().splitlines()[0]
    lines = [f"### `{each.table}`", "", first, ""]
    lines += ["| attribute | value | default | meaning | | sync |", "|---|---|---|---|---|---|"]
    return lines + [_row(each, attribute) for attribute in each.attributes]


def _row(each: ObjectClass, attribute: Attribute) -> str:
    about = attribute.about
    sync = (about.sync or each.sync).value.label
    meaning = about.help.replace("|", "\\|")
    if about.refers_to:
        meaning += f"; names a `{about.refers_to}`"
    cells = (f"`{attribute.name}`", expected(attribute.info).replace("|", "\\|"), _default(attribute), meaning)
    return f"| {' | '.join(cells)} | {_VISIBLE[about.visibility]} | {sync} |"


def _default(attribute: Attribute) -> str:
    if attribute.required:
        return "required"
    value = attribute.info.get_default(call_default_factory=True)
    if value in (None, "", (), {}) or isinstance(value, SecretStr):
        return "-"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{value}`"


def main() -> int:
    """Write the page, or check it."""
    text = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        if text != page(text):
            print("docs/configuration.md is out of date: run make configuration", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(page(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
