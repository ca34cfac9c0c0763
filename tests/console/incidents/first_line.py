"""The first line of the pair screen, checked at every step of an incident."""

from datetime import UTC

from console.insight.summary import worst
from console.insight.verdict import BADNESS, judge
from console.model.picture import PairPicture, Severity
from console.tui.app import PairwatchApp
from console.tui.screens.pair import PairScreen
from console.tui.widgets.top import VerdictLine


def check_first_line(app: PairwatchApp, pair: PairPicture, now: float) -> None:
    """Check that the first line is the present judgement, and that this is no milder than any active alarm."""
    judged = judge(pair, now, UTC)
    active = [each.severity for each in pair.open_alarms if each.severity is not Severity.INFO]
    assert BADNESS.index(judged.severity) >= BADNESS.index(worst(active)), judged
    if isinstance(app.screen, PairScreen):
        line = str(app.screen.query_one(VerdictLine).render())
        assert line.endswith(f"{judged.severity.upper()}  {judged.sentence}"), line
