"""The frame around the views: themes and languages, the PIN, the attendant's view, a line that is lost and comes back, the home screen."""
from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from installation.remote.web.files import FOLDER, Files
from installation.rules.gate import Role

from .browser import SIZES, drag, opened, parameter, settled, tap, until
from .standin import GAIN, LEVEL, LOOP, MODE, MUTE, PINS, StandIn

ARTIST, ATTENDANT = PINS[Role.ARTIST], PINS[Role.ATTENDANT]
WRONG = {"sentence": {"en": "The plinth's sensor is silent since 21:04; its last value stands.",
                      "fr": "Le capteur du socle se tait depuis 21:04 ; sa dernière valeur tient."},
         "level": "warning", "list": [{"en": "expected R and digits", "fr": "R et des chiffres attendus", "where": "plinth (/dev/ttyUSB0)",
                                       "since": 1764100000.0, "for": 3.0, "remedy": {"en": "Usually the baud rate.", "fr": "Souvent le débit."}}]}


def test_theme_and_language_are_chosen_and_remembered(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone") as page:
        ground = "() => getComputedStyle(document.body).backgroundColor"
        dark = page.evaluate(ground)
        tap(page, page.locator("#menu"))
        tap(page, page.get_by_role("radio", name="Sunlight"))
        assert page.evaluate(ground) != dark
        tap(page, page.get_by_role("radio", name="Français"))
        assert page.locator("#tabs").inner_text().startswith("Salle") and page.evaluate("() => document.documentElement.lang") == "fr"
        page.reload()
        settled(page)
        assert page.locator("#tabs").inner_text().startswith("Salle") and page.evaluate(ground) == "rgb(255, 255, 255)"
        until(page, lambda: page.locator("#sentence").inner_text() == "Tout joue.")


def test_the_language_is_the_pieces_until_another_is_chosen(browser) -> None:
    with StandIn(language="fr") as room, opened(browser, room.url, "tablet", view="tune") as page:
        assert page.locator("#enter").inner_text() == "Entrer le code"
        assert "de toute la scène" in parameter(page, LEVEL).inner_text()


def test_a_wrong_pin_is_told_a_right_one_opens_and_leaving_closes(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", view="tune", forgiving=True) as page:
        drag(page, parameter(page, LEVEL), 60)
        tap(page, parameter(page, LOOP))
        page.wait_for_timeout(100)
        assert (room.value(LEVEL), room.value(LOOP)) == (-12.0, True)                 # looking on moves nothing
        tap(page, page.locator("#enter"))
        page.locator("dialog input").fill("999999")
        page.keyboard.press("Enter")
        until(page, lambda: page.locator("dialog .wrong").inner_text())
        page.locator("dialog input").fill(ARTIST)
        page.keyboard.press("Enter")
        until(page, lambda: page.locator("dialog").count() == 0 and page.locator("body").get_attribute("data-role") == "artist")
        assert page.locator("#enter").is_hidden()
        drag(page, parameter(page, LEVEL), 60)
        until(page, lambda: room.value(LEVEL) > -12)
        assert page.evaluate("() => document.cookie") == ""                           # nothing that a script can read
        tap(page, page.locator("#menu"))
        tap(page, page.get_by_role("button", name="Leave"))
        until(page, lambda: page.locator("body").get_attribute("data-role") == "nobody")
        tap(page, parameter(page, LOOP))
        page.wait_for_timeout(100)
        assert room.value(LOOP) is True


@pytest.mark.parametrize("size", SIZES)
def test_the_attendant_has_three_buttons_a_sentence_and_the_level(browser, room: StandIn, size: str) -> None:
    with opened(browser, room.url, size, pin=ATTENDANT) as page:
        assert page.locator("#tabs").is_hidden() and page.locator(".mode").count() == 3
        tap(page, page.get_by_role("button", name="Stop"))
        until(page, lambda: room.value(MODE) == "stop" and page.get_by_role("button", name="Stop").get_attribute("aria-pressed") == "true")
        tap(page, page.get_by_role("button", name="Play"))
        until(page, lambda: room.value(MODE) == "play")
        drag(page, parameter(page, GAIN), -50)
        until(page, lambda: room.value(GAIN) < -5)
        room.call(lambda room: room.health.say(WRONG))
        until(page, lambda: "since 21:04" in page.locator(".attendant .sentence").inner_text() and "baud rate" in page.locator(".remedies").inner_text())
        height = page.viewport_size["height"]
        assert all(box["y"] + box["height"] <= height for box in (page.locator(".mode").nth(number).bounding_box() for number in range(3)))


def test_anyone_may_look_at_the_attendants_view(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", query="?attendant") as page:
        assert page.locator(".mode").count() == 3
        tap(page, page.get_by_role("button", name="Stop"))
        page.wait_for_timeout(100)
        assert room.value(MODE) == "play"


def test_mute_is_always_at_hand(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", pin=ARTIST) as page:
        tap(page, page.locator("#mute"))
        until(page, lambda: room.value(MUTE) is True and page.locator("#mute").get_attribute("aria-pressed") == "true")
        room.write(MUTE, False)
        until(page, lambda: room.value(MUTE) is True)              # the hand holds it against a preset
        tap(page, page.locator("#mute"))
        until(page, lambda: room.value(MUTE) is False)


def test_a_lost_line_is_said_and_comes_back_with_the_whole_state(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", view="tune", forgiving=True) as page:
        page.locator("#view").evaluate("view => view.scrollTo(0, 120)")
        place = page.locator("#view").evaluate("view => view.scrollTop")
        room.stop()
        until(page, lambda: re.fullmatch(r"Connection lost since \d\d:\d\d:\d\d\..*", page.locator("#away").inner_text()))
        assert page.locator("body").evaluate("body => body.classList.contains('away')")
        page.wait_for_timeout(1200)
        room.start()
        room.write(LEVEL, -33.0)
        until(page, lambda: page.locator("#away").is_hidden())
        until(page, lambda: "−33" in parameter(page, LEVEL).inner_text())
        assert page.locator("#view").evaluate("view => view.scrollTop") == place      # the same tree: the page stays where it was


def test_a_page_that_wakes_takes_a_fresh_line(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", view="tune") as page:
        page.evaluate("""() => {
            window.asleep = false;
            Object.defineProperty(document, "hidden", {get: () => window.asleep});
            window.turn = (asleep) => { window.asleep = asleep; document.dispatchEvent(new Event("visibilitychange")); };
            const past = performance.now;
            window.turn(true);
            performance.now = () => past.call(performance) + 60000;      // a minute later
        }""")
        (old,) = room.call(lambda room: list(room.server.socket.clients))
        page.evaluate("() => window.turn(false)")
        until(page, lambda: room.call(lambda room: old not in room.server.socket.clients and len(room.server.socket.clients) == 1))
        settled(page)


def test_a_line_that_says_nothing_is_given_up(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", view="tune") as page:
        (old,) = room.call(lambda room: list(room.server.socket.clients))
        room.call(lambda room: setattr(old, "answer", lambda data: None))             # pings are not answered any more
        room.call(lambda room: old.subscription.close())
        page.evaluate("() => { const past = performance.now; performance.now = () => past.call(performance) * 20; }")      # six seconds are short
        until(page, lambda: room.call(lambda room: old not in room.server.socket.clients and len(room.server.socket.clients) == 1))


def test_keys_alone_reach_everything_and_the_focus_is_seen(browser, room: StandIn) -> None:
    with opened(browser, room.url, "laptop", pin=ARTIST) as page:
        page.locator(".plan .source.movable").wait_for()
        reached = []
        for _ in range(30):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("() => [document.activeElement.id || document.activeElement.hash || document.activeElement.className.baseVal || "
                                         "document.activeElement.className, getComputedStyle(document.activeElement).outlineStyle, "
                                         "document.activeElement.closest('svg') !== null]"))
            if reached[-1][0] == "#tune":
                break
        names = [name for name, _, _ in reached]
        assert names[:2] == ["state", "mute"] and "menu" in names and "#tune" in names and any("source" in name for name in names)
        assert all(outline == "solid" or drawn for _, outline, drawn in reached if outline), reached
        page.keyboard.press("Enter")
        until(page, lambda: page.locator(".tune").count() == 1)
        page.locator("#menu").focus()
        page.keyboard.press("Enter")
        assert page.locator("dialog").is_visible()
        page.keyboard.press("Escape")
        until(page, lambda: page.locator("dialog").count() == 0 and page.evaluate("() => document.activeElement.id") == "menu")


def test_it_goes_on_a_home_screen_and_its_shell_opens_without_the_engine(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", forgiving=True) as page:
        manifest = json.loads(page.evaluate("() => fetch(document.querySelector('link[rel=manifest]').href).then((answer) => answer.text())"))
        assert manifest["display"] == "standalone" and manifest["start_url"] == "/"
        for picture in manifest["icons"]:
            assert page.evaluate("""source => new Promise((done) => {
                const image = new Image();
                image.onload = () => done(image.naturalWidth); image.onerror = () => done(0); image.src = source; })""", picture["src"]) > 0
        page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
        until(page, lambda: page.evaluate("() => navigator.serviceWorker.controller !== null"))
        page.reload()
        settled(page)
        kept = page.evaluate("() => caches.open('shell').then((cache) => cache.keys()).then((keys) => keys.map((key) => new URL(key.url).pathname))")
        assert "/" in kept and "/-/page/main.js" in kept
        assert all(path == "/" or path.startswith("/-/page/") for path in kept)       # the shell, and no values
        room.stop()
        page.reload()
        until(page, lambda: page.locator("#away").is_visible() and page.locator(".tab").count() == 10)
        room.start()
        until(page, lambda: page.locator("#away").is_hidden())


def test_an_engine_that_comes_back_with_another_page_has_it_loaded(browser, room: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Files.read
    shutil.copytree(FOLDER, tmp_path / "page")
    (tmp_path / "page" / "words.js").write_text((FOLDER / "words.js").read_text().replace('tune: "Tune"', 'tune: "Turn"'))
    with opened(browser, room.url, "phone", view="tune", forgiving=True) as page:
        page.evaluate("() => { window.isFormer = true; }")
        room.stop()
        room.start()
        until(page, lambda: page.locator("#away").is_hidden())
        assert page.evaluate("() => window.isFormer")                                 # the same page: nothing is loaded anew
        room.stop()
        monkeypatch.setattr(Files, "read", staticmethod(lambda: read(tmp_path / "page")))
        room.start()
        until(page, lambda: "Turn" in page.locator("#tabs").inner_text())


def test_the_other_tablet_finds_the_page_by_its_code(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone") as page:
        tap(page, page.locator("#menu"))
        code = page.locator("dialog .code img")
        until(page, lambda: code.evaluate("image => image.complete && image.naturalWidth > 0"))
        assert page.locator("dialog figcaption").inner_text() == room.url
