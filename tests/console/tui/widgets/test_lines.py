"""Lines that follow the newest one until the user scrolls up."""

from collections.abc import Sequence

from textual.app import App, ComposeResult

from console.tui.themes.files import VARIABLES
from console.tui.widgets.lines import Lines, StyledLine


def many(count: int) -> Sequence[StyledLine]:
    return [(f"line {number}", "plain") for number in range(count)]


class Page(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(VARIABLES)

    def compose(self) -> ComposeResult:
        yield Lines("none", id="lines")

    def on_mount(self) -> None:
        """Add lines before the first layout, as the journal does."""
        self.query_one(Lines).show(many(1000))


async def test_lines_from_before_the_first_layout_are_shown_from_the_end() -> None:
    page = Page()
    async with page.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        lines = page.query_one(Lines)
        assert lines.max_scroll_y == 990
        assert lines.scroll_offset.y == 990


async def test_many_lines_after_few_are_shown_from_the_end() -> None:
    """As when the journal is read a moment after the start."""
    page = Page()
    async with page.run_test(size=(40, 10)) as pilot:
        lines = page.query_one(Lines)
        lines.show(many(5))
        await pilot.pause()
        lines.show(many(1000))
        await pilot.pause()
        assert lines.scroll_offset.y == lines.max_scroll_y == 990


async def test_more_lines_and_another_height_keep_the_end_visible() -> None:
    page = Page()
    async with page.run_test(size=(40, 10)) as pilot:
        lines = page.query_one(Lines)
        lines.show(many(2000))
        await pilot.resize_terminal(40, 5)
        await pilot.pause()
        assert lines.scroll_offset.y == lines.max_scroll_y == 1995
        await pilot.resize_terminal(40, 20)
        await pilot.pause()
        assert lines.scroll_offset.y == lines.max_scroll_y == 1980


async def test_a_scroll_up_stops_following_until_the_end_is_reached_again() -> None:
    page = Page()
    async with page.run_test(size=(40, 10)) as pilot:
        lines = page.query_one(Lines)
        lines.focus()
        await pilot.pause()
        lines.scroll_to(y=500, animate=False)
        await pilot.pause()
        lines.show(many(1001))
        await pilot.pause()
        assert lines.scroll_offset.y == 500
        lines.scroll_end(animate=False)
        await pilot.pause()
        lines.show(many(1002))
        await pilot.pause()
        assert lines.scroll_offset.y == lines.max_scroll_y == 992
