"""A browser on the page, as a person has one in the hand: three sizes, fingers, a mouse, keys.

    with opened(browser, url, "tablet", pin="135790", view="tune") as page:
        drag(page, page.locator("…"), 80)          a finger, or the mouse on a laptop
        page.sees("…")

What the browser complains about (console errors, exceptions, requests that fail or leave this machine) fails the test when the page is closed.
"""
from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tests.bench import lack, need, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Locator, Page

SIZES = {"tablet": (820, 1180), "phone": (390, 844), "laptop": (1280, 800)}
THEMES = ("room", "sunlight")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """Debian's Chromium, without a window, which can reach nothing but this machine."""
    path = need("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        lack("playwright is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def opened(browser: Browser, url: str, size: str = "tablet", *, pin: str = "", view: str = "", theme: str = "room", language: str = "", query: str = "",
           forgiving: bool = False, **options: Any) -> Iterator[Page]:
    """The page on a device of this size, once it has the state of the room. forgiving: the engine will go away, and requests may fail."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=size != "laptop", device_scale_factor=1, **options)
    if pin:
        answer = context.request.post(f"{url}-/pin", data={"pin": pin}, headers={"Origin": url.rstrip("/")})
        assert answer.ok, answer.text()
    context.add_init_script(f"if (!localStorage['installation.theme']) localStorage['installation.theme'] = '{theme}';"
                            + (f"localStorage['installation.language'] = '{language}';" if language else ""))
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}") if message.type in ("error", "warning") else None)
    ours = (url, url.replace("http", "ws"), "data:")
    page.on("request", lambda request: None if request.url.startswith(ours) else complaints.append(f"left: {request.url}"))
    page.goto(f"{url}{query}#{view}")
    settled(page)
    try:
        yield page
        if not forgiving:
            assert not complaints, complaints
        assert not [complaint for complaint in complaints if complaint.startswith(("exception", "left"))], complaints
    finally:
        context.close()


def settled(page: Page) -> None:
    """Once the page is connected and has drawn its view."""
    page.wait_for_function("() => !document.body.classList.contains('away') && document.getElementById('view').childElementCount > 0 "
                           "&& document.body.dataset.role")


def until(page: Page, true: Callable[[], object], within: float = 10.0) -> None:
    """Wait for something of the room, with the browser at work meanwhile."""
    def look() -> object:
        page.wait_for_timeout(10)
        return true()
    wait_until(look, within)


def parameter(page: Page, address: str) -> Locator:
    """The control of an address; the list is scrolled until it comes."""
    row = page.locator(f'[data-address="{address}"]')
    for _ in range(40):
        if row.count():
            break
        page.locator("#view").evaluate("view => view.scrollBy(0, 400)")
        page.wait_for_timeout(50)
    return row.locator("[role=slider], [role=switch], .trigger, select, .readout, [role=radiogroup]").first


def middle(locator: Locator) -> tuple[float, float]:
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Finger:
    """A finger on the glass: real touch events, or the mouse's where there is no glass."""

    def __init__(self, page: Page, x: float, y: float) -> None:
        self._page, self.x, self.y = page, x, y
        self._glass: CDPSession | None = page.context.new_cdp_session(page) if page.evaluate("() => navigator.maxTouchPoints > 0") else None
        self._others: list[dict[str, float]] = []
        if self._glass:
            self._send("touchStart")
        else:
            page.mouse.move(x, y)
            page.mouse.down()

    def move(self, dx: float, dy: float = 0.0, steps: int = 8) -> None:
        for _ in range(steps):
            self.x, self.y = self.x + dx / steps, self.y + dy / steps
            if self._glass:
                self._send("touchMove")
            else:
                self._page.mouse.move(self.x, self.y)

    def second(self, x: float, y: float) -> None:
        """Put a second finger down, somewhere else."""
        self._others = [{"x": x, "y": y, "id": 1}]
        self._send("touchStart")

    def seen(self) -> None:
        """Wait until the page has drawn what the finger did: a browser hands over several moves at once where it is late."""
        self._page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")

    def lift(self) -> None:
        self._others = []
        if self._glass:
            self._glass.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            self._glass.detach()
        else:
            self._page.mouse.up()

    def _send(self, kind: str) -> None:
        assert self._glass is not None
        self._glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": self.x, "y": self.y, "id": 0}, *self._others]})


def drag(page: Page, locator: Locator, dx: float, dy: float = 0.0) -> None:
    """Put a finger on the middle of something and draw it away. What it takes to be known as a stroke is not counted in the way."""
    finger = Finger(page, *middle(locator))
    slop(finger, dx, dy)
    finger.move(dx, dy)
    finger.lift()


def slop(finger: Finger, dx: float, dy: float = 0.0) -> None:
    """Move far enough that browser and page take it for a stroke."""
    long = max(abs(dx), abs(dy))
    finger.move(20 * dx / long, 20 * dy / long, steps=1)
    finger.move(4 * dx / long, 4 * dy / long, steps=1)
    finger.move(-4 * dx / long, -4 * dy / long, steps=1)
    finger.seen()


def tap(page: Page, locator: Locator, times: int = 1) -> None:
    """Touch something shortly, or click it where there is no glass."""
    if not page.evaluate("() => navigator.maxTouchPoints > 0"):
        locator.click(click_count=times, force=True)
    elif times == 1:
        locator.tap(force=True)
    else:
        x, y = middle(locator)
        for _ in range(times):
            page.touchscreen.tap(x, y)


def press(page: Page, locator: Locator) -> None:
    """Let a finger rest on something."""
    finger = Finger(page, *middle(locator))
    page.wait_for_timeout(700)
    finger.lift()
