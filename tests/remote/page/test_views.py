"""The other views: the plan, sensors, scenes, light, levels, log, health."""
from __future__ import annotations

from types import SimpleNamespace

import pytest

from installation.rules.gate import Role

from .browser import SIZES, THEMES, Finger, drag, middle, opened, parameter, slop, tap, until
from .standin import AZIMUTH, DISTANCE, GAIN, LAMP, PINS, SCENE, StandIn
from .test_frame import WRONG

ARTIST = PINS[Role.ARTIST]
VIEWS = ("room", "tune", "scenes", "presets", "sensors", "light", "levels", "log", "health", "attendant")


@pytest.mark.parametrize("size", SIZES)
def test_the_plan_shows_the_room_in_metres_and_a_finger_places_a_sound(browser, room: StandIn, size: str) -> None:
    with opened(browser, room.url, size, pin=ARTIST, view="room") as page:
        page.locator(".plan .source.movable").wait_for()
        until(page, lambda: "tide" in page.locator(".nowline").inner_text())
        floor = page.locator(".plan .floor").bounding_box()
        metre = floor["width"] / 6
        assert metre == pytest.approx(floor["height"] / 8, rel=0.01)
        assert page.locator(".plan .speaker").count() == 4 and page.locator(".plan .visitor").count() == 2
        source = page.locator(".plan .source.movable")
        x, y = middle(source.locator(".core"))
        assert (x, y) == (pytest.approx(floor["x"] + 3 * metre, abs=2), pytest.approx(floor["y"] + 2 * metre, abs=2))        # 2 m ahead of the middle
        finger = Finger(page, x, y)
        slop(finger, 1)
        finger.move(-2 * metre, 2 * metre)
        until(page, lambda: room.value(AZIMUTH) == pytest.approx(90, abs=8) and room.value(DISTANCE) == pytest.approx(2, abs=0.4))
        assert middle(source.locator(".core"))[0] == pytest.approx(floor["x"] + 1 * metre, abs=0.4 * metre)
        finger.lift()
        source.focus()
        page.keyboard.press("ArrowLeft")
        until(page, lambda: room.value(DISTANCE) == pytest.approx(2.25, abs=0.4))


def test_what_is_under_a_finger_stays_when_the_plan_is_drawn_anew(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="room") as page:
        source = page.locator(".plan .source.movable")
        source.wait_for()
        finger = Finger(page, *middle(source.locator(".core")))
        slop(finger, 1)
        page.set_viewport_size({"width": 800, "height": 1100})
        finger.seen()
        finger.move(-150, 0)
        until(page, lambda: room.value(AZIMUTH) > 20)
        width = page.locator(".plan").get_attribute("viewBox")
        finger.lift()
        until(page, lambda: page.locator(".plan").get_attribute("viewBox") != width)


def test_the_plan_is_live(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", view="room") as page:
        page.locator(".plan .speaker .level[d]").first.wait_for()
        moved = page.evaluate("""() => new Promise((done) => {
            let count = 0;
            new MutationObserver(() => { count += 1; }).observe(document.querySelectorAll(".plan .speaker .level")[0], {attributes: true});
            setTimeout(() => done(count), 1000);
        })""")
        assert moved >= 12            # 25 a second are sent; the machine may be busy
        until(page, lambda: "dBFS" in page.locator(".plan .speaker").first.get_attribute("aria-label"))
        assert page.locator(".plan .lamp-glow").nth(1).get_attribute("fill") == "rgb(26 89 230)"


def test_sensors_draw_what_they_say_and_how_fresh_it_is(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", view="sensors") as page:
        until(page, lambda: page.locator(".fresh").all_inner_texts() == ["live", "never heard"])
        until(page, lambda: page.locator("canvas").first.evaluate(
            """canvas => {                        // read from a copy: Chromium warns of a canvas that is drawn and read by turns
                const copy = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
                copy.canvas.width = canvas.width;
                copy.canvas.height = canvas.height;
                if (canvas.width > 0) copy.drawImage(canvas, 0, 0);
                return canvas.width > 0 && [...copy.getImageData(0, 0, canvas.width, canvas.height).data].some((part) => part > 0);
            }"""))
        until(page, lambda: page.locator(".field .figure").first.inner_text() not in ("", "–", "0.00"))
        assert "tide, closeness" in page.locator(".moves").inner_text()


def test_scenes_say_why_and_what_next_and_go(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", pin=ARTIST, view="scenes") as page:
        until(page, lambda: page.locator(".playing").inner_text() == "tide")
        text = page.locator(".layer").inner_text()
        assert "the layer begins with it" in text and "after 4 min" in text and "in 2 min 46" in text.replace("\u202f", " ")
        tap(page, page.locator('.goes [data-scene="breath"]'))
        until(page, lambda: room.value(SCENE) == "breath")
        tap(page, page.locator('.goes [data-scene="none"]'))
        until(page, lambda: room.value(SCENE) == "none")


def test_light_has_masters_blackout_and_shows_which_lamp_is_which(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", pin=ARTIST, view="light") as page:
        drag(page, parameter(page, LAMP), -80)
        until(page, lambda: room.value(LAMP) < 0.8)
        tap(page, page.get_by_role("button", name="Show me which lamp is lantern 1"))
        until(page, lambda: ("light.identify", {"name": "lantern 1", "seconds": 5}) in room.asked)
        tap(page, page.get_by_role("button", name="Blackout"))
        until(page, lambda: ("light.blackout", {"on": True}) in room.asked)
        until(page, lambda: page.locator(".glow").nth(1).evaluate("glow => glow.style.backgroundColor") == "rgb(26, 89, 230)")


def test_levels_show_every_output(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="levels") as page:
        until(page, lambda: page.get_by_role("meter").nth(1).get_attribute("aria-valuetext") == "−20 dBFS")
        assert page.get_by_role("meter").count() == 4
        tap(page, page.get_by_role("button", name="Let me hear which loudspeaker is rear left"))
        until(page, lambda: ("sound.identify", {"output": 4, "seconds": 3}) in room.asked)
        drag(page, parameter(page, GAIN), -40)
        until(page, lambda: room.value(GAIN) < -4)


def test_the_log_is_told_newest_first_filtered_and_bounded(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", view="log") as page:
        lines = page.locator(".log li")
        until(page, lambda: lines.count() == 3)
        assert "UMC1820" in lines.first.inner_text() and "Fault" in lines.first.inner_text()
        tap(page, page.get_by_role("radio", name="Faults"))
        assert lines.count() == 2
        tap(page, page.get_by_role("radio", name="All"))
        room.call(lambda room: room.lines.extend(SimpleNamespace(time=room.now(), level=6, text=f"line {number}", id="") for number in range(700)))
        until(page, lambda: "line 699" in lines.first.inner_text())
        assert lines.count() <= 500


def test_health_says_one_sentence_first(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", view="health") as page:
        until(page, lambda: page.locator(".health .sentence").inner_text() == "Everything plays.")
        room.call(lambda room: room.health.say(WRONG))
        until(page, lambda: "silent since 21:04" in page.locator(".health .sentence").inner_text())
        assert "expected R and digits" in page.locator(".faults").inner_text() and "Usually the baud rate." in page.locator(".faults").inner_text()
        assert page.locator("#state").get_attribute("data-level") == "warning"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_every_view_is_photographed_to_be_looked_at(browser, room: StandIn, pictures, size: str, theme: str) -> None:
    with opened(browser, room.url, size, pin=ARTIST, theme=theme) as page:
        for view in VIEWS:
            if view == "attendant":
                page.goto(f"{room.url}?attendant")
            page.goto(f"{room.url}{'?attendant' if view == 'attendant' else ''}#{view}")
            page.wait_for_timeout(300)
            page.screenshot(path=pictures / f"{view}-{size}-{theme}.png")
            assert page.evaluate("() => document.documentElement.scrollWidth") <= SIZES[size][0]                       # nothing hangs over the edge
            assert page.locator("#view").evaluate("view => view.scrollWidth <= view.clientWidth")
