"""What must hold of the whole page: names and roles, contrast, targets for a finger, words in both languages, nothing that grows."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from installation.rules.gate import Role
from installation.terms.quantity import BASE, UNITS

from .browser import SIZES, THEMES, opened, tap, until
from .standin import MODE, NEAR, PINS, StandIn
from .test_frame import WRONG
from .test_views import VIEWS

PAGE = Path(__file__).resolve().parents[3] / "installation" / "remote" / "page"
ARTIST = PINS[Role.ARTIST]
MODULES = sorted(PAGE.rglob("*.js"))

SEEN = """
const seen = (element) => { const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return box.width > 0 && box.height > 0 && style.visibility !== "hidden" && !element.closest("[hidden], [aria-hidden=true]"); };
const nameOf = (element) => (element.getAttribute("aria-label")
    || (element.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent).join("")
    || [...(element.labels || [])].map((label) => label.textContent).join("") || element.textContent || element.alt || element.placeholder || "").trim();
"""
NAMELESS = "() => {" + SEEN + """
    const roles = new Set(["slider", "switch", "radio", "radiogroup", "application", "meter", "log", "group", "status", "img", "alert", "button"]);
    const wrong = [];
    for (const element of document.querySelectorAll("button, a, input, select, summary, [role], [tabindex='0'], img, canvas, meter")) {
        if (!seen(element)) continue;
        const role = element.getAttribute("role");
        if (!nameOf(element) && !["status", "alert"].includes(role)) wrong.push(["no name", element.outerHTML.slice(0, 120)]);
        if (role && !roles.has(role)) wrong.push(["unknown role", role]);
        if (element.tabIndex === 0 && !role && !["BUTTON", "A", "INPUT", "SELECT", "SUMMARY"].includes(element.tagName))
            wrong.push(["no role", element.outerHTML.slice(0, 120)]);
        if (role === "slider" && ["aria-valuenow", "aria-valuetext", "aria-valuemin", "aria-valuemax"].some((name) => !element.hasAttribute(name)))
            wrong.push(["slider without a value", nameOf(element)]);
    }
    for (const landmark of ["main", "nav", "header"]) if (document.querySelectorAll(landmark).length < 1) wrong.push(["no landmark", landmark]);
    if (document.querySelectorAll("[style]").length && [...document.querySelectorAll("script:not([src]), style")].length) wrong.push(["inline", ""]);
    return wrong;
}"""
PALE = "() => {" + SEEN + """
    const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
    const light = ([r, g, b]) => [r, g, b].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const ratio = (one, two) => { const [high, low] = [light(one), light(two)].sort((a, b) => b - a); return (high + 0.05) / (low + 0.05); };
    const grounds = (element) => {           // what may be behind it: the first ground below, and a fader's fill as well
        const found = [];
        for (let at = element; at; at = at.parentElement) {
            for (const fill of at.classList?.contains("fader") ? at.querySelectorAll(".fill") : []) found.push(parse(getComputedStyle(fill).backgroundColor));
            const ground = parse(getComputedStyle(at).backgroundColor);
            if (ground[3] === 1) { found.push(ground); return found; }
        }
        return [parse(getComputedStyle(document.body).backgroundColor)];
    };
    const wrong = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !seen(element) || element.closest("noscript, select, svg, [data-own-colour]")) continue;
        for (const ground of grounds(element)) {
            const got = ratio(parse(getComputedStyle(element).color), ground);
            if (got < 4.5) wrong.push([got.toFixed(2), element.textContent.slice(0, 30), getComputedStyle(element).color, ground.join()]);
        }
    }
    for (const text of document.querySelectorAll("svg text")) {
        const got = ratio(parse(getComputedStyle(text).fill), parse(getComputedStyle(text).stroke));
        if (seen(text) && got < 4.5) wrong.push([got.toFixed(2), text.textContent, getComputedStyle(text).fill, getComputedStyle(text).stroke]);
    }
    return wrong;
}"""
SMALL = "() => {" + SEEN + """
    return [...document.querySelectorAll("button, a, input, select, summary, [role=slider], .surface")].filter(seen)
        .map((element) => [element, element.getBoundingClientRect()]).filter(([, box]) => box.height < 47.5 || box.width < 47.5)
        .map(([element, box]) => [nameOf(element).slice(0, 40), element.className, box.width, box.height]);
}"""


@pytest.mark.parametrize("theme", THEMES)
def test_everything_has_a_name_a_role_contrast_and_room_for_a_finger(browser, room: StandIn, theme: str) -> None:
    room.call(lambda room: room.health.say(WRONG))
    room.write(NEAR, 0.4)
    for size in SIZES:
        with opened(browser, room.url, size, pin=ARTIST, theme=theme) as page:
            for view in VIEWS:
                page.goto(f"{room.url}{'?attendant' if view == 'attendant' else ''}#{view}")
                page.wait_for_timeout(250)
                for problem, look in (("names and roles", NAMELESS), ("contrast", PALE), ("targets", SMALL)):
                    assert page.evaluate(look) == [], (problem, view, size)
            page.goto(f"{room.url}#tune")
            page.wait_for_timeout(250)
            for opening in (page.locator("#menu"), page.locator(".more").first):
                tap(page, opening)
                for look in (NAMELESS, PALE, SMALL):
                    assert page.evaluate(look) == [], size
                page.keyboard.press("Escape")


def test_what_is_said_is_read_out(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet") as page:
        assert page.locator("#said").get_attribute("aria-live") == "polite" and page.locator("#away").get_attribute("role") == "status"
        room.call(lambda room: room.health.say(WRONG))
        page.goto(f"{room.url}?attendant")
        until(page, lambda: page.locator("#view [role=status]").inner_text().startswith("The plinth"))


def test_two_hundred_views_leave_nothing_behind(browser, room: StandIn) -> None:
    with opened(browser, room.url, "tablet", pin=ARTIST, view="room") as page:
        devices = page.context.new_cdp_session(page)
        devices.send("Performance.enable")
        names = [name for name in VIEWS if name != "attendant"]

        def round_trip(rounds: int) -> dict[str, float]:
            for number in range(rounds):
                page.evaluate("name => { location.hash = name; }", names[number % len(names)])
                page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 15)))")
            page.evaluate("() => { location.hash = 'health'; }")
            page.wait_for_timeout(200)
            devices.send("HeapProfiler.collectGarbage")
            devices.send("HeapProfiler.collectGarbage")
            return {metric["name"]: metric["value"] for metric in devices.send("Performance.getMetrics")["metrics"]}

        before = round_trip(3 * len(names))
        after = round_trip(200)
        assert after["Nodes"] <= before["Nodes"] * 1.1 + 200
        assert after["JSEventListeners"] <= before["JSEventListeners"] + 20
        assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] * 1.3 + 1_000_000
        assert room.call(lambda room: [sorted(client.watched) for client in room.server.socket.clients]) == [[]]     # nor is sent what nobody sees


def test_words_are_there_in_both_languages_and_used(browser, room: StandIn) -> None:
    with opened(browser, room.url) as page:
        words = page.evaluate("() => import('/-/page/words.js').then(({ WORDS }) => WORDS)")
    assert words["en"].keys() == words["fr"].keys()
    for key, english in words["en"].items():
        assert set(re.findall(r"\{\d\}", english)) == set(re.findall(r"\{\d\}", words["fr"][key])), key
    code = "\n".join(module.read_text() for module in MODULES if module.name != "words.js")
    made = ("role_", "mode_", "curve_")                                             # put together where they are said
    assert [key for key in words["en"] if not key.startswith(made) and f'"{key}"' not in code and not re.search(rf"\b{key}\b", code)] == []
    said = set(re.findall(r'app\.say\("(\w+)"', code))
    assert said <= words["en"].keys(), said - words["en"].keys()
    assert {f"role_{role.name.lower()}" for role in Role} | {"mode_play", "mode_quiet", "mode_stop"} <= words["en"].keys()


def test_units_are_the_engines(browser, room: StandIn) -> None:
    with opened(browser, room.url) as page:
        others = page.evaluate("() => import('/-/page/scale.js').then(({ OTHER_UNITS }) => OTHER_UNITS)")
        for base, names in others.items():
            for name, factor in names.items():
                assert UNITS[name].dimension == UNITS[base].dimension and factor == pytest.approx(UNITS[name].factor / UNITS[base].factor), (base, name)
        assert {name for name in others if name not in BASE.values()} <= {"hPa"}
        typed = "([text, unit]) => import('/-/page/scale.js').then(({ typed }) => typed(text, {unit}))"
        for text, unit, value in (("1.2 kHz", "Hz", 1200), ("1,2k", "Hz", 1200), ("−6", "dB", -6), ("-6 dB", "dBFS", -6), ("50 %", "ratio", 0.5),
                                  ("4 min", "s", 240), ("300ms", "s", 0.3), ("45°", "deg", 45), (" 2 ", "m", 2), ("1e3", "Hz", 1000)):
            assert page.evaluate(typed, [text, unit]) == pytest.approx(value), text
        for text, unit in (("", "m"), ("loud", "dB"), ("3 apples", "m"), ("2 s", "m"), ("1 2", "m")):
            assert page.evaluate(typed, [text, unit]) is None, text


def test_no_file_is_long_and_none_needs_what_the_policy_forbids() -> None:
    for module in MODULES:
        text = module.read_text()
        assert text.startswith("/*"), f"{module.name} does not say what it is"
        assert text.count("\n") < 300 and max(map(len, text.splitlines())) <= 160, module.name
        assert "innerHTML" not in text and "eval(" not in text and "http://" not in text.replace("http://www.w3.org/2000/svg", ""), module.name
    html = (PAGE / "index.html").read_text()
    assert " style=" not in html and " on" not in re.sub(r">[^<]*<", "><", html) and re.findall(r"<script(?! type=\"module\" src=)", html) == []


def test_the_wheel_carries_the_page() -> None:
    import tomllib

    wheel = tomllib.loads((PAGE.parents[2] / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["installation"] and not {"exclude", "include", "only-include"} & wheel.keys()      # with every file in it


def test_the_mode_that_stands_is_shown_to_all(browser, room: StandIn) -> None:
    with opened(browser, room.url, "phone", query="?attendant") as page:
        room.write(MODE, "quiet")
        until(page, lambda: page.get_by_role("button", name="Quiet").get_attribute("aria-pressed") == "true")
