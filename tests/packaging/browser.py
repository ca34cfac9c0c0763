"""A headless chromium, driven through its debugging port, and the text of the terminal in its page."""

import asyncio
import base64
import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = ("--headless=new", "--remote-debugging-port=0", "--no-first-run", "--disable-gpu", "--window-size=1280,800")
CATCH_TERMINAL = """
Object.defineProperty(Object.prototype, 'fitAddon', {configurable: true, set(value) {
  Object.defineProperty(this, 'fitAddon', {value, writable: true}); window.shownTerminal = this.terminal; }});
"""
"""The page of textual-serve keeps its terminal in an object that no name leads to."""
READ_TERMINAL = """
(() => { const buffer = window.shownTerminal?.buffer.active; if (!buffer) return '';
  return Array.from({length: window.shownTerminal.rows},
    (_, row) => buffer.getLine(row)?.translateToString(true) ?? '').join('\\n'); })()
"""
NAMED_KEYS = {"enter": ("Enter", 13, "\r"), "escape": ("Escape", 27, "\x1b"), "down": ("ArrowDown", 40, "")}


class Page:
    """One page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command of the protocol, and return its result."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            answer = await self._socket.receive_json()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    async def open(self, url: str) -> None:
        await self.send("Page.enable")
        await self.send("Page.addScriptToEvaluateOnNewDocument", source=CATCH_TERMINAL)
        await self.send("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> Any:
        answer = await self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    async def text(self) -> str:
        """The lines of the terminal."""
        return str(await self.evaluate(READ_TERMINAL))

    async def wait_for(self, words: str, seconds: float = 60) -> str:
        """The text of the terminal, as soon as it has these words."""
        text = ""
        try:
            async with asyncio.timeout(seconds):
                while words not in text:
                    await asyncio.sleep(0.1)
                    text = await self.text()
        except TimeoutError:
            raise AssertionError(f"{words!r} is not in the terminal:\n{text}") from None
        return text

    async def wait_without(self, words: str, seconds: float = 60) -> None:
        """Wait until the terminal no longer has these words."""
        text = await self.text()
        async with asyncio.timeout(seconds):
            while words in text:
                await asyncio.sleep(0.1)
                text = await self.text()

    async def press(self, key: str) -> None:
        await self.evaluate("window.shownTerminal.focus()")
        name, code, text = NAMED_KEYS.get(key, (key, ord(key[0].upper()), key))
        common = {"key": name, "windowsVirtualKeyCode": code}
        await self.send("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        await self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    async def picture(self) -> bytes:
        """The page as a PNG file."""
        return base64.b64decode((await self.send("Page.captureScreenshot", format="png"))["data"])


@asynccontextmanager
async def opened_browser(program: str, folder: Path) -> AsyncIterator[Page]:
    """A browser with an empty page. It ends with the block."""
    arguments = [*CHROMIUM, f"--user-data-dir={folder}", *(["--no-sandbox"] if os.getuid() == 0 else []), "about:blank"]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(program, *arguments, stdout=quiet, stderr=quiet)
    try:
        port = await _port(folder / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                (page,) = [each for each in await answer.json() if each["type"] == "page"]
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        process.terminate()
        await process.wait()


async def _port(file: Path) -> int:
    """The debugging port, which the browser writes to a file."""
    async with asyncio.timeout(30):
        while (found := await asyncio.to_thread(_first_line, file)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return int(found)


def _first_line(file: Path) -> str | None:
    """None while the file has no whole line."""
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    return lines[0].strip() if lines and lines[0].endswith("\n") else None
