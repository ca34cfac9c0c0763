"""Metrics in Prometheus's text format, of one prefix: each sample with its labels and its value."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from console.model.plain_text import plain

_SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})?\s+(?P<value>\S+)(?:\s+-?\d+)?\s*")
_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_ESCAPES = {"\\n": "\n", '\\"': '"', "\\\\": "\\"}


@dataclass(frozen=True, slots=True)
class Metric:
    """One sample."""

    name: str
    labels: Mapping[str, str]
    value: float


def samples(text: str, prefix: str) -> Iterator[Metric]:
    """The samples whose names begin with the prefix; lines that cannot be read are left out."""
    for line in text.splitlines():
        if not line.startswith(prefix):
            continue
        found = _SAMPLE.fullmatch(line)
        if found is None:
            continue
        try:
            value = float(found["value"])
        except ValueError:
            continue
        labels = {name: plain(_unescaped(text)) for name, text in _LABEL.findall(found["labels"] or "")}
        yield Metric(found["name"], labels, value)


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda found: _ESCAPES.get(found[0], found[0][1:]), text)
