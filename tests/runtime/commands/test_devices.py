"""What `devices` prints can be pasted, and what it cannot list it says."""
from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from installation.ports.card import Card, choose
from installation.runtime.commands.devices import devices, found
from tests.jack import Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server("DEVICES", outputs=6) as server:
        for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER", "JACK_NO_AUDIO_RESERVATION"):
            monkeypatch.setenv(name, server.environment[name])
        yield server


@pytest.mark.jack
def test_the_line_of_a_card_means_that_card(server: Server, capsys: pytest.CaptureFixture) -> None:
    facts = found()
    cards = [Card(**{key: value for key, value in card.items() if key != "paste"}) for card in facts["cards"]]
    playing = [card for card in cards if card.outputs >= 6]
    assert playing and not facts["faults"]
    assert choose(cards, playing[0].name, None, outputs=6) == playing[0]
    assert devices() == 0
    text = capsys.readouterr().out
    assert all(card["paste"] in text for card in facts["cards"])


@pytest.mark.jack
def test_as_data(server: Server, capsys: pytest.CaptureFixture) -> None:
    assert devices(as_json=True) == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts) == {"cards", "serial", "midi", "faults"}
    assert any(card["outputs"] == 6 and card["paste"].startswith("sound: {card: ") for card in facts["cards"])


def test_without_anything_plugged_in_it_says_so_three_times(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    facts = found()
    assert devices() == 0
    text = capsys.readouterr().out
    empty = sum(not facts[kind] for kind in ("cards", "serial", "midi"))
    assert text.count("nothing is plugged in") + text.count("rien n'est branché") == empty
