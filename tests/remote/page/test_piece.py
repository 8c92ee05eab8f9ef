"""The page on the piece of this repository while it really plays: what is on it, what a finger does to it, presets and undo."""
from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest

from installation.rules.pin import hashed
from tests.runtime.running import ROOT, Running, free_port

from .browser import drag, opened, parameter, tap, until

PIN = "135790"
LEVEL, CLOSENESS = "/scene/tide/level", "/scene/tide/closeness"


@pytest.fixture(scope="module")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page of the piece at work."""
    folder, port = tmp_path_factory.mktemp("piece"), free_port()
    for name in ("scenes", "sensors", "sounds"):
        shutil.copytree(ROOT / name, folder / name)
    config = (ROOT / "config.yaml").read_text().partition("\nremote:")[0]
    (folder / "config.yaml").write_text(f"{config}\nremote:\n  web: {{port: {port}, pins: {{artist: '{hashed(PIN, bytes(range(16)))}'}}}}\n")
    with Running("run", folder, cache=tmp_path_factory.getbasetemp().parent) as running:           # the kernels of the runtime's tests
        running.until("page: http", within=110)
        yield f"http://127.0.0.1:{port}/"
        running.stop()
        assert "Traceback" not in running.said


@pytest.mark.slow
def test_the_room_the_scene_and_its_parameters_are_there(browser, piece: str) -> None:
    with opened(browser, piece, "tablet", pin=PIN, view="room") as page:
        page.locator(".plan .speaker").first.wait_for()
        assert page.locator(".plan .speaker").count() == 2 and page.locator(".plan .lamp-glow").count() == 4
        until(page, lambda: page.locator(".plan .source").count() == 3)                              # near, far, swell
        until(page, lambda: page.locator(".plan .speaker .level[d^=M]").count() > 0)                  # it sounds, on the silent clock too
        page.goto(f"{piece}#tune")
        drag(page, parameter(page, LEVEL), -60)
        until(page, lambda: page.locator(f'[data-address="{LEVEL}"]').get_attribute("data-holder") == "hand")
        assert "visitors.plinth" in page.locator(f'[data-address="{CLOSENESS}"]').inner_text()
        page.goto(f"{piece}#scenes")
        until(page, lambda: "visitors.window < 1.2" in page.locator(".nexts").inner_text())
        page.goto(f"{piece}#log")
        until(page, lambda: f"moved {LEVEL}" in page.locator(".log").inner_text())
        page.goto(f"{piece}#sensors")
        until(page, lambda: page.locator(".fresh").all_inner_texts() == ["live"] * 5)


@pytest.mark.slow
def test_presets_are_saved_recalled_compared_faded_and_removed_and_undone(browser, piece: str) -> None:
    with opened(browser, piece, "phone", pin=PIN, view="presets") as page:
        heard = _value(page)
        for name in ("soft", "loud"):
            page.get_by_label("Save as").fill(name)
            tap(page, page.get_by_role("button", name="Save"))
            page.get_by_role("button", name=f"Recall: {name}").wait_for()
            if name == "soft":
                page.goto(f"{piece}#tune")
                soft = heard()
                drag(page, parameter(page, LEVEL), 50)
                until(page, lambda soft=soft: heard() > soft + 3)
                loud = _settled(page, heard)                       # the last of the drag may be on its way
                page.goto(f"{piece}#presets")
        page.get_by_label("Save as").fill("room only")
        page.get_by_label("Leave out").fill("/scene/ /light/")
        tap(page, page.get_by_role("button", name="Save"))
        until(page, lambda: "values: 1 " in page.get_by_role("button", name="Recall: room only").inner_text())      # the room's gain
        tap(page, page.get_by_role("button", name="Compare: soft"))
        until(page, lambda: "higher" in page.locator("dialog").inner_text())
        page.keyboard.press("Escape")
        tap(page, page.get_by_role("radio", name="0\u202fs", exact=True))
        tap(page, page.get_by_role("button", name="Recall: soft"))
        until(page, lambda: heard() == pytest.approx(soft, abs=0.01))
        assert page.get_by_role("button", name="Recall: soft").get_attribute("data-current") is not None or page.locator("#said").inner_text()
        page.locator(".card:not(form) .ends select").first.select_option("soft")
        page.locator(".card:not(form) .ends select").last.select_option("loud")
        way = page.get_by_role("slider", name="Way")
        way.focus()
        page.keyboard.press("End")
        until(page, lambda: heard() == pytest.approx(loud, abs=0.01))
        for _ in range(5):
            page.keyboard.press("PageDown")
        until(page, lambda: heard() == pytest.approx((soft + loud) / 2, abs=0.1))
        tap(page, page.get_by_role("button", name="Undo"))
        until(page, lambda: heard() == pytest.approx(soft, abs=0.01))
        assert re.search("Undo: .*soft", page.locator("#said").inner_text())
        tap(page, page.get_by_role("button", name="loud: more"))
        tap(page, page.get_by_role("button", name="Remove"))
        tap(page, page.get_by_role("button", name="Remove"))                                         # asked once more
        until(page, lambda: page.get_by_role("button", name="Recall: loud").count() == 0)


def _settled(page, heard):
    """The value once it has stood still for a while."""
    was, now = None, heard()
    while was != now:
        page.wait_for_timeout(300)
        was, now = now, heard()
    return now


def _value(page):
    """What the engine says stands, asked on a line of its own."""
    page.evaluate("""address => {
        const line = new WebSocket(`ws://${location.host}/-/socket`);
        line.onmessage = ({data}) => { const {values} = JSON.parse(data); if (values && address in values) window.heard = values[address]; };
    }""", LEVEL)
    until(page, lambda: page.evaluate("() => window.heard !== undefined"))
    return lambda: page.evaluate("() => window.heard")
