"""The banner that every screen has during a replay."""

from datetime import tzinfo

from textual.content import Content

from console.insight.wording import both_clocks, countdown, wall
from console.state.replay import Player
from console.tui.widgets.panel import Panel

ALL_KEYS, FIRST_KEYS = "  space [ ] { } + -", "  space [ ]"


class ReplayBanner(Panel):
    """The time in the recording, the speed, the time left, and that actions are off."""

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
        left = f"{countdown(player.end - player.now)} to go" if player.now < player.end else "at the end"
        rest = f"{state}, {left}  ACTIONS OFF"
        # A narrow screen shows less of the time, and always that this is a replay without actions.
        dated, clock = wall(player.now, zone, 0.0), wall(player.now, zone, player.start)
        shorter = ((both_clocks(player.now, zone), ALL_KEYS), (dated, FIRST_KEYS), (clock, FIRST_KEYS), (clock, ""))
        for when, keys in (*shorter, ("", "")):
            words = f"REPLAY  {when}  {rest}{keys}"
            if len(words) <= self.size.width:
                break
        self.put(Content(words))
