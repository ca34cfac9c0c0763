"""The handover as a page of Markdown, and as one HTML file that needs no other one. Pure.

Text from servers and operators is escaped, so that it is neither markup nor a script. The pictures are SVG files of the
console, each put into the page as an image, in which a script would not run.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from html import escape

from console.insight.handover import PairHandover
from console.insight.wording import both_clocks, plural

MARKUP = r"\`*_[]<|#"
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:75em;margin:2em auto;padding:0 1em;color:#1b1f24}"
    "h2{border-top:1px solid #ccc;padding-top:.6em}img{max-width:100%;border:1px solid #ccc}"
    ".critical{color:#a40e26}.major,.warning{color:#8a4600}.unknown{color:#57606a}.none{color:#57606a}"
)


def markdown(found: Sequence[PairHandover], begin: float, now: float, author: str, zone: tzinfo) -> str:
    """The page as Markdown."""
    parts = [
        "# Handover",
        f"{both_clocks(now, zone)}, by {_plain(author)}; what was done since {both_clocks(begin, zone)}.",
    ]
    for each in found:
        if each.calm:
            continue
        parts.append(f"## {_plain(_title(each))}")
        parts.append(f"{each.severity}: {_plain(each.verdict)}")
        for section in each.sections:
            lines = "\n".join(f"- {_plain(line)}" for line in section.lines)
            parts.append(f"### {section.title}\n\n{lines or section.empty}")
    parts.append(_plain(calm_line(found)))
    return "\n\n".join(parts) + "\n"


def html(
    found: Sequence[PairHandover],
    begin: float,
    now: float,
    author: str,
    zone: tzinfo,
    pictures: Mapping[str, str],
) -> str:
    """The page as HTML; `pictures` has an SVG document by pair."""
    parts = [
        f"<h1>Handover</h1><p>{escape(both_clocks(now, zone))}, by {escape(author)}; what was done since "
        f"{escape(both_clocks(begin, zone))}.</p>"
    ]
    for each in found:
        if each.calm:
            continue
        parts.append(f"<h2>{escape(_title(each))}</h2>")
        parts.append(f'<p class="{escape(each.severity)}"><b>{escape(each.severity)}</b>: {escape(each.verdict)}</p>')
        for section in each.sections:
            lines = "".join(f"<li>{escape(line)}</li>" for line in section.lines)
            body = f"<ul>{lines}</ul>" if lines else f'<p class="none">{escape(section.empty)}</p>'
            parts.append(f"<h3>{escape(section.title)}</h3>{body}")
        if each.name in pictures:
            data = b64encode(pictures[each.name].encode()).decode()
            parts.append(f'<img alt="the console on {escape(each.name)}" src="data:image/svg+xml;base64,{data}">')
    parts.append(f"<p>{escape(calm_line(found))}</p>")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
    return f"<!doctype html><html lang=en><head>{head}<title>Handover</title><style>{STYLE}</style></head><body>" + (
        "\n".join(parts) + "</body></html>\n"
    )


def calm_line(found: Sequence[PairHandover]) -> str:
    """The pairs with nothing to hand over, in one line."""
    calm = [each.name for each in found if each.calm]
    if not calm:
        return "Every pair has something to hand over."
    return f"Nothing to hand over for {plural(len(calm), 'pair')}: {', '.join(calm)}."


def _title(each: PairHandover) -> str:
    return each.name + (f" ({each.environment})" if each.environment else "")


def _plain(text: str) -> str:
    return "".join(f"\\{each}" if each in MARKUP else each for each in " ".join(text.split()))
