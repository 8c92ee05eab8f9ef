"""What a finger, a mouse or a key does to a control reaches the tree, and what the tree says is shown."""
from __future__ import annotations

import math

import pytest

from installation.rules.gate import LOCK, Hand, Role
from installation.rules.holders import Priority

from .browser import SIZES, Finger, drag, middle, opened, parameter, press, slop, tap, until
from .standin import AZIMUTH, COLOUR, COUNT, CUTOFF, DISTANCE, LEVEL, LOOP, NEAR, PINS, SCENE, STRIKE, StandIn, X, Y

ARTIST = PINS[Role.ARTIST]


@pytest.mark.parametrize("size", SIZES)
def test_a_fader_follows_the_finger_and_the_tree_follows_the_fader(browser, room: StandIn, size: str) -> None:
    with opened(browser, room.url, size, pin=ARTIST, view="tune") as page:
        fader = parameter(page, LEVEL)
        width = fader.evaluate("element => element.clientWidth")
        drag(page, fader, -width / 4)
        until(page, lambda: room.holder(LEVEL) is not None and room.value(LEVEL) == pytest.approx(-27.0, abs=0.5))      # a quarter of 60 dB
        assert room.holder(LEVEL)[0] is Priority.HAND
        assert room.holder(LEVEL)[1].startswith("web:artist:")
        assert fader.get_attribute("aria-valuetext").replace("−", "-").startswith(f"{room.value(LEVEL):.1f}")


def test_a_touch_alone_moves_nothing_and_a_stroke_along_the_list_scrolls_it(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", pin=ARTIST, view="tune") as page:
        fader = parameter(page, LEVEL)
        x, y = middle(fader)
        before = page.locator("#view").evaluate("element => element.scrollTop")
        finger = Finger(page, x, y)
        finger.move(0, -120, steps=12)
        finger.lift()
        until(page, lambda: page.locator("#view").evaluate("element => element.scrollTop") > before + 40)
        tap(page, fader)
        page.wait_for_timeout(100)
        assert room.value(LEVEL) == -12.0
        assert room.holder(LEVEL) is None


def test_the_screen_follows_in_the_same_moment_whatever_the_network_does(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as page:
        parameter(page, LEVEL).scroll_into_view_if_needed()
        before, after = page.evaluate("""address => {
            const fader = document.querySelector(`[data-address="${address}"] [role=slider]`), box = fader.getBoundingClientRect();
            const about = {pointerId: 7, pointerType: "touch", bubbles: true, clientY: box.y + 20};
            const send = (kind, x) => fader.dispatchEvent(new PointerEvent(kind, {...about, clientX: x}));
            const before = fader.getAttribute("aria-valuetext");
            send("pointerdown", box.x + 100); send("pointermove", box.x + 120); send("pointermove", box.x + 60);
            const after = fader.getAttribute("aria-valuetext");
            send("pointerup", box.x + 60);
            return [before, after];
        }""", LEVEL)
        assert before != after
        until(page, lambda: room.value(LEVEL) < -15)


@pytest.mark.parametrize("size", SIZES)
def test_two_taps_go_back_to_the_default(browser, room: StandIn, size: str) -> None:
    room.write(CUTOFF, 3000.0)
    with opened(browser, room.url, size, pin=ARTIST, view="tune") as page:
        until(page, lambda: "3.00" in parameter(page, CUTOFF).inner_text())
        tap(page, parameter(page, CUTOFF), times=2)
        until(page, lambda: room.value(CUTOFF) == 800.0)


@pytest.mark.parametrize("size", SIZES)
def test_a_finger_that_rests_types_a_number_with_its_unit(browser, room: StandIn, size: str) -> None:
    with opened(browser, room.url, size, pin=ARTIST, view="tune") as page:
        press(page, parameter(page, CUTOFF))
        field = page.locator("dialog input")
        field.fill("loud")
        page.keyboard.press("Enter")
        assert "number" in page.locator("dialog .wrong").inner_text()
        assert room.value(CUTOFF) == 800.0
        field.fill("1,2 kHz")
        page.keyboard.press("Enter")
        until(page, lambda: room.value(CUTOFF) == 1200.0)
        until(page, lambda: page.locator("dialog").count() == 0)
        assert "1.20" in parameter(page, CUTOFF).inner_text()


def test_keys_move_a_fader(browser, room: StandIn) -> None:
    with opened(browser, room.url, "laptop", pin=ARTIST, view="tune") as page:
        fader = parameter(page, LEVEL)
        fader.focus()
        for key, wanted in (("ArrowRight", -11.4), ("ArrowLeft", -12.0), ("Shift+ArrowUp", -11.94), ("PageUp", -5.94), ("End", 0.0), ("Home", -60.0),
                            ("Delete", -12.0)):
            page.keyboard.press(key)
            until(page, lambda wanted=wanted: room.value(LEVEL) == pytest.approx(wanted, abs=0.01))
        parameter(page, COUNT).focus()
        page.keyboard.press("ArrowRight")
        until(page, lambda: room.value(COUNT) == 5)
        page.keyboard.press("Enter")
        page.locator("dialog input").fill("7")
        page.keyboard.press("Enter")
        until(page, lambda: room.value(COUNT) == 7)
        until(page, lambda: page.evaluate("() => document.activeElement.getAttribute('role')") == "slider")       # the focus is where it was


def test_a_second_finger_or_the_fine_key_moves_a_tenth(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as page:
        fader = parameter(page, LEVEL)
        width = fader.evaluate("element => element.clientWidth")
        finger = Finger(page, *middle(fader))
        slop(finger, -1)
        finger.second(400, 1000)
        finger.move(-width / 2)
        until(page, lambda: room.value(LEVEL) < -12)
        finger.lift()
        until(page, lambda: room.value(LEVEL) == pytest.approx(-15.0, abs=0.6))
        tap(page, page.get_by_role("button", name="Fine"))
        assert page.get_by_role("button", name="Fine").get_attribute("aria-pressed") == "true"
        drag(page, fader, -width / 2)
        until(page, lambda: room.value(LEVEL) == pytest.approx(-18.0, abs=0.6))


@pytest.mark.parametrize("size", SIZES)
def test_a_pad_moves_two_values_at_once(browser, room: StandIn, size: str) -> None:
    with opened(browser, room.url, size, pin=ARTIST, view="tune") as page:
        surface = page.locator(".surface.polar")
        half = surface.evaluate("element => element.clientWidth") / 2
        drag(page, surface, half / 2, half / 2)                       # from 2 m ahead to 2 m on the right
        until(page, lambda: room.value(AZIMUTH) == pytest.approx(-90, abs=6) and room.value(DISTANCE) == pytest.approx(2, abs=0.3))
        floor = page.locator(".surface.floor")
        floor.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowUp")
        until(page, lambda: room.value(X) == pytest.approx(0.12) and room.value(Y) == pytest.approx(0.16))


def test_switch_trigger_words_colour_and_a_number_without_a_range(browser, room: StandIn) -> None:
    fired: list[float] = []
    room.call(lambda room: room.tree.watch(STRIKE, lambda *_: fired.append(room.now())))
    with opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as page:
        tap(page, parameter(page, LOOP))
        until(page, lambda: room.value(LOOP) is False)
        tap(page, parameter(page, STRIKE))
        until(page, lambda: len(fired) == 1)
        tap(page, page.get_by_role("radio", name="church"))
        until(page, lambda: room.value("/scene/tide/reverb") == "church")
        page.keyboard.press("ArrowLeft")
        until(page, lambda: room.value("/scene/tide/reverb") == "hall")
        page.get_by_role("slider", name="Hue").focus()
        page.keyboard.press("Home")
        until(page, lambda: room.value(COLOUR)[1] == pytest.approx(0.1))
        page.get_by_role("slider", name="Brightness", exact=True).focus()
        page.keyboard.press("Home")
        page.keyboard.press("End")                                    # through black, and the hue is still there
        until(page, lambda: room.value(COLOUR) == pytest.approx((1.0, 0.1, 0.1)))
        tap(page, parameter(page, "/scene/tide/wait"))
        page.locator("dialog input").fill("2 min")
        page.keyboard.press("Enter")
        until(page, lambda: room.value("/scene/tide/wait") == 120.0)


def test_what_a_mapping_moves_says_so_and_a_hand_takes_it_and_lets_go(browser, room: StandIn) -> None:
    room.write(NEAR, 0.25, Priority.MAPPING)
    with opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as page:
        row = page.locator(f'[data-address="{NEAR}"]')
        until(page, lambda: "0.25" in row.inner_text() and "plinth.distance" in row.inner_text())
        tap(page, row.get_by_role("button", name="Take"))
        until(page, lambda: room.holder(NEAR)[0] is Priority.HAND and "held by your hand" in row.inner_text())
        room.write(NEAR, 0.75, Priority.MAPPING)
        tap(page, row.get_by_role("button", name="Let go"))
        until(page, lambda: room.holder(NEAR)[0] is Priority.MAPPING and "0.75" in row.inner_text())


def test_what_comes_while_a_finger_is_down_waits_until_it_is_lifted(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as page:
        fader = parameter(page, LEVEL)
        finger = Finger(page, *middle(fader))
        slop(finger, 1)
        finger.move(30)
        until(page, lambda: room.value(LEVEL) > -12)
        held = fader.get_attribute("aria-valuetext")
        room.write(LEVEL, -48.0, Priority.ALARM)
        page.wait_for_timeout(150)
        assert held.startswith(fader.locator(".figure").inner_text())
        finger.lift()
        until(page, lambda: "−48" in fader.inner_text())


def test_a_refusal_is_said_and_the_value_goes_back(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as page:
        room.call(lambda room: room.gate.write(Hand("osc:somebody", Role.ARTIST), LOCK, True, room.now()))
        until(page, lambda: parameter(page, LEVEL).get_attribute("aria-disabled") == "true" and page.locator("#lock").is_visible())
        drag(page, parameter(page, LEVEL), 60)
        page.wait_for_timeout(100)
        assert room.value(LEVEL) == -12.0
        room.call(lambda room: room.gate.write(Hand("osc:somebody", Role.ARTIST), LOCK, False, room.now()))
        until(page, lambda: parameter(page, LEVEL).get_attribute("aria-disabled") is None)
        room.call(lambda room: setattr(room.gate, "write", _refusing(room.gate.write)))
        drag(page, parameter(page, LEVEL), 60)
        until(page, lambda: "no more" in page.locator("#said").inner_text() and "−12" in parameter(page, LEVEL).inner_text())


def _refusing(write):
    from installation.terms.fault import Fault
    from installation.terms.words import both

    def refuse(hand, address, *_, **__):
        raise Fault(both("no more of this", "c'est assez"), where=address)
    return refuse


def test_two_pages_agree(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as one, opened(browser, room.url, "phone", pin=ARTIST, view="tune") as two:
        drag(one, parameter(one, CUTOFF), 50)
        until(one, lambda: room.value(CUTOFF) > 900)
        drag(two, parameter(two, CUTOFF), -80)
        until(two, lambda: room.value(CUTOFF) < 900)
        until(one, lambda: parameter(one, CUTOFF).get_attribute("aria-valuetext") == parameter(two, CUTOFF).get_attribute("aria-valuetext"))
        assert "held by an artist" in _more(one, CUTOFF)


def _more(page, address: str) -> str:
    tap(page, page.locator(f'[data-address="{address}"] .more'))
    text = page.locator("dialog").inner_text()
    page.keyboard.press("Escape")
    return text


def test_midi_learn_is_offered_where_there_is_a_controller(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as page:
        tap(page, page.locator(f'[data-address="{LEVEL}"] .more'))
        tap(page, page.get_by_role("button", name="MIDI learn"))
        until(page, lambda: ("midi.learn", {"address": LEVEL}) in room.asked)
    with StandIn() as other, opened(browser, other.url, "tablet", pin=ARTIST, view="tune") as page:
        tap(page, page.locator(f'[data-address="{LEVEL}"] .more'))
        assert page.get_by_role("button", name="MIDI learn").count() == 0


def test_a_thousand_parameters_are_there_where_one_looks_and_nowhere_else(browser) -> None:
    with StandIn(many=1000) as room, opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as page:
        room.write(SCENE, "crowd")
        page.locator('[data-address="/scene/crowd/p0"]').wait_for()
        assert page.locator(".row").count() < 120
        assert page.locator(".place").count() >= 1000
        page.locator("#view").evaluate("view => { view.scrollTop = view.scrollHeight / 2; }")
        page.locator('[data-address="/scene/crowd/p500"]').wait_for()
        until(page, lambda: page.locator('[data-address="/scene/crowd/p0"]').count() == 0)
        assert page.locator(".row").count() < 120
        page.get_by_role("searchbox").fill("p77")
        until(page, lambda: page.locator(".place").count() == 11 + 0)
        drag(page, parameter(page, "/scene/crowd/p770"), 60)
        until(page, lambda: room.value("/scene/crowd/p770") > 0.1)


def test_other_scenes_are_folded_and_cost_nothing_until_they_are_opened(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="tune") as page:
        assert page.locator('[data-address="/scene/breath/level"]').count() == 0
        tap(page, page.locator("summary", has_text="breath"))
        drag(page, parameter(page, "/scene/breath/level"), 60)
        until(page, lambda: not math.isclose(room.value("/scene/breath/level"), -44.0))
        tap(page, page.locator("summary", has_text="breath"))
        until(page, lambda: page.locator('[data-address="/scene/breath/level"]').count() == 0)
        room.write(SCENE, "breath")
        page.locator('section [data-address="/scene/breath/level"]').wait_for()
