"""Faults and words: said in two languages, and whole after a journey between processes."""
from __future__ import annotations

import pickle

import pytest

from installation.terms.address import as_part, is_address, is_name, is_pattern
from installation.terms.fault import Fault, Faults, Recovery, SensorFault, did_you_mean
from installation.terms.words import both, language, say, speak


@pytest.fixture(autouse=True)
def english():
    speak("en")
    yield
    speak(None)


def test_a_fault_says_where_what_and_what_to_try_in_the_language_spoken() -> None:
    fault = Fault(both("no card", "pas de carte"), where="sound", remedy=both("plug it in", "branchez-la"), id="card.absent")
    assert str(fault) == "sound: no card\n  plug it in"
    speak("fr")
    assert str(fault) == "sound: pas de carte\n  branchez-la"
    assert fault.say("en") == "sound: no card\n  plug it in"


def test_plain_text_serves_for_both() -> None:
    assert SensorFault("expected R").say("fr") == "expected R"
    assert SensorFault("expected R").id == "sensor.frame"


@pytest.mark.parametrize("fault", [
    Fault(both("a", "b"), where="x:1", remedy="do", id="some.id"), SensorFault("odd"), Faults([Fault("one"), Fault("two", where="y")]),
])
def test_a_fault_travels_whole(fault: Fault) -> None:
    again = pickle.loads(pickle.dumps(fault))
    assert type(again) is type(fault) and again.say("fr") == fault.say("fr") and again.id == fault.id and again.where == fault.where


def test_several_faults_are_said_line_by_line() -> None:
    assert Faults([Fault("one", where="a"), Fault("two")]).say() == "a: one\ntwo"


def test_a_place_is_filled_in_once() -> None:
    assert Fault("x").at("here").at("there").where == "here"


def test_a_recovery_is_said_too() -> None:
    assert Recovery(both("back", "revenu"), "plinth", "serial.lost").say("fr") == "plinth: revenu"


def test_the_language_comes_from_the_environment_until_one_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(None)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert language() == "fr" and say(both("yes", "oui")) == "oui"
    monkeypatch.setenv("LC_ALL", "C")
    assert language() == "en"
    with pytest.raises(ValueError, match="en, fr"):
        speak("de")


@pytest.mark.parametrize("word, known, meant", [("closenes", ["closeness", "level"], "closeness"), ("LEVEL", ["level"], "level"), ("zzz", ["level"], "")])
def test_did_you_mean(word: str, known: list[str], meant: str) -> None:
    assert did_you_mean(word, known) == meant


def test_addresses_names_and_parts() -> None:
    assert is_address("/scene/tide/height") and not is_address("scene/tide") and not is_address("/a//b") and not is_address("/a*")
    assert is_pattern("/a/*") and not is_pattern("/a/b")
    assert is_name("plinth_2") and not is_name("2plinth") and not is_name("é") and not is_name("x" * 41)
    assert as_part("Front left é") == "front_left_e" and as_part("???") == "_"
    assert all(is_address("/" + as_part(text)) for text in ("lantern 1", "Été/fin", "a.b", "ÀÉ", ""))
