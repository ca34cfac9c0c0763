"""`pairwatch web` in a real browser: the pairs are shown, keys work, and nothing can be changed."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from console import cli
from console.commands import web
from console.errors import ConfigError
from tests.console.test_cli import Site, site
from tests.packaging.browser import opened_browser
from tests.packaging.units import required

__all__ = ["site"]


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port: int = made.getsockname()[1]
        return port


async def listening(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def serving(config: str) -> AsyncIterator[str]:
    """The address of a running `pairwatch web`."""
    port = free_port()
    command = [sys.executable, "-m", "console.cli", "web", "--config", config, "--port", str(port)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        assert "watch-only" in line
        async with asyncio.timeout(30):
            while not await listening(port):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.peer
async def test_a_browser_shows_the_pair_takes_keys_and_cannot_change_anything(site: Site, tmp_path: Path) -> None:
    """R-148."""
    chromium = required("chromium", "chromium")
    async with serving(str(site.config())) as url, opened_browser(chromium, tmp_path / "browser") as page:
        await page.open(url)
        text = await page.wait_for("NORMAL")
        assert "WATCH-ONLY" in text
        assert "example-pair" in text
        await page.press("f")
        assert "WATCH-ONLY" in await page.wait_for("Open  / Filter")
        await page.press("escape")
        await page.wait_for("1 Alarms")
        await page.press("a")
        alarms = await page.wait_for("ALARMS")
        assert "Ack" not in alarms.splitlines()[-1]
        await page.press("s")
        await page.wait_for("watch-only")
        await page.press("?")
        assert "silence the alarm" not in await page.wait_for("KEYS HERE")
        await page.press("escape")
        # The help has the word ALARMS too; a key right after Escape would be read as one sequence with it.
        await page.wait_without("KEYS HERE")
        await page.wait_for("ALARMS")
        await page.press("R")  # It would end the console, and with it the page.
        await page.press("f")
        await page.wait_for("Open  / Filter")
    assert site.main.bodies + site.backup.bodies == []


async def test_requests_to_another_name_or_from_another_origin_are_refused(site: Site) -> None:
    """A page of another origin in the same browser cannot open a console."""
    async with serving(str(site.config())) as url, aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            assert answer.status == 200
            assert "fonts.googleapis" not in await answer.text()
        async with session.get(url, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{url}/ws", headers={"Origin": "http://evil.example"})
        assert refused.value.status == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "intranet"])
def test_another_address_than_loopback_is_refused(host: str, site: Site) -> None:
    with pytest.raises(ConfigError, match=host):
        web.check(web.WebOptions(host, 8023))
    assert cli.run(["web", "--config", str(site.config()), "--host", host]) == 1


@pytest.mark.parametrize("url", ["example.com", "ftp://example.com", "http://"])
def test_a_public_url_that_is_not_one_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="--public-url"):
        web.check(web.WebOptions("127.0.0.1", 8023, url))


def test_each_console_is_watch_only_with_the_options_of_the_command() -> None:
    command = web.console_command(["pairwatch"], Path("/etc/p w.toml"), web.WebOptions("::1", 1, theme="day", pair="a"))
    assert command == ["pairwatch", "--watch-only", "--config", "/etc/p w.toml", "--theme", "day", "--pair", "a"]
    assert web.WebOptions("::1", 1).url == "http://[::1]:1"
