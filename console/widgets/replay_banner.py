"""The line that makes a replay unmistakable: it stands on every screen while a recording is played."""

from datetime import tzinfo

from textual.content import Content

from console.insight.wording import both_clocks, countdown
from console.replay import Player
from console.widgets.panel import Panel


class ReplayBanner(Panel):
    """The recording's time, how it runs, how much is left, and that nothing can be done."""

    DEFAULT_CSS = """
    ReplayBanner {
        display: none; height: 1; background: $banner-replay; color: $banner-replay-text; text-style: bold;
        text-align: center;
    }
    ReplayBanner.-on { display: block; }
    """

    def show(self, player: Player | None, zone: tzinfo) -> None:
        self.set_class(player is not None, "-on")
        if player is None:
            return
        state = f"playing {player.speed:.0f}x" if player.playing else "paused"
        left = countdown(player.end - player.now) if player.now < player.end else "the end"
        when = both_clocks(player.now, zone)
        self.put(Content(f"REPLAY  {when}  {state}, {left} to go  space arrows + -  actions are off"))
