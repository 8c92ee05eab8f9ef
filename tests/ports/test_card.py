"""Choosing a card by name, from lists as PortAudio gives them; listing and opening with a real JACK server."""
from __future__ import annotations

import subprocess
import sys

import pytest

from installation.ports.card import Card, alsa_ids, choose, fingerprint, listing, listing_now, paste
from installation.terms.fault import Fault
from tests.jack import Server

PROC = """ 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xa1110000 irq 134
 1 [UMC1820        ]: USB-Audio - UMC1820
                      BEHRINGER UMC1820 at usb-0000:00:14.0-2, high speed
 2 [UMC1820_1      ]: USB-Audio - UMC1820
                      BEHRINGER UMC1820 at usb-0000:00:14.0-3, high speed
"""
PCH = Card(0, "HDA Intel PCH: ALC257 Analog (hw:0,0)", "ALSA", 2, 2, id="PCH", default=True)
HDMI = Card(1, "HDA Intel PCH: HDMI 0 (hw:0,3)", "ALSA", 8, id="PCH")
FIRST = Card(2, "UMC1820: USB Audio (hw:1,0)", "ALSA", 10, 8, id="UMC1820")
SECOND = Card(3, "UMC1820: USB Audio (hw:2,0)", "ALSA", 10, 8, id="UMC1820_1")
MICROPHONE = Card(4, "Webcam: USB Audio (hw:3,0)", "ALSA", 0, 1, id="Webcam")
SYSTEM = Card(5, "system", "JACK", 10, 8, default=True)
ALL = [PCH, HDMI, FIRST, SECOND, MICROPHONE, SYSTEM]


@pytest.mark.parametrize(("wanted", "api", "card"), [
    ("UMC1820: USB Audio (hw:1,0)", None, FIRST),
    ("umc1820_1", None, SECOND),
    ("UMC1820", None, FIRST),             # an id, before it is a part of two names
    ("PCH,3", None, HDMI),
    ("hdmi", None, HDMI),
    ("analog", "ALSA", PCH),
    ("system", "jack", SYSTEM),
    ("auto", None, SYSTEM),
    ("auto", "ALSA", PCH),
])
def test_a_name_means_one_card(wanted: str, api: str | None, card: Card) -> None:
    assert choose(ALL, wanted, api, outputs=2) is card


def test_auto_takes_one_that_is_wide_enough_and_says_so_if_none_is() -> None:
    assert choose(ALL[:4], "auto", None, outputs=8) is HDMI
    with pytest.raises(Fault) as caught:
        choose([PCH], "auto", None, outputs=8)
    assert caught.value.say("en").splitlines()[0] == (
        'sound: "HDA Intel PCH: ALC257 Analog" offers 2 outputs, the room has 8 loudspeakers')


@pytest.mark.parametrize(("wanted", "api", "id", "listed"), [
    ("USB Audio", None, "card.ambiguous", [FIRST, SECOND]),
    ("HDA", None, "card.ambiguous", [PCH, HDMI]),
    ("Scarlett", None, "card.absent", [PCH, HDMI, FIRST, SECOND, SYSTEM]),
    ("Webcam", None, "card.absent", []),            # it has no outputs
    ("system", "ALSA", "card.absent", []),
    ("", None, "card.absent", []),
])
def test_none_or_several_is_a_fault_with_lines_to_paste(wanted: str, api: str | None, id: str, listed: list[Card]) -> None:
    with pytest.raises(Fault) as caught:
        choose(ALL, wanted, api, outputs=2)
    assert caught.value.id == id
    for card in listed:
        for language in ("en", "fr"):
            assert paste(card, ALL) in caught.value.say(language)


def test_what_is_pasted_means_the_same_card_and_holds_no_number_that_changes() -> None:
    import yaml

    for card in ALL:
        if card.outputs:
            line = paste(card, ALL)
            assert "hw:" not in line
            written = yaml.safe_load(line)["sound"]
            assert choose(ALL, written["card"], written["api"], outputs=1) is card


def test_too_few_inputs() -> None:
    with pytest.raises(Fault, match="8 inputs"):
        choose(ALL, "system", None, outputs=8, inputs=16)


def test_the_kernels_list_of_cards() -> None:
    assert alsa_ids(PROC) == {0: "PCH", 1: "UMC1820", 2: "UMC1820_1"}
    assert alsa_ids("--- no soundcards ---\n") == {}


def test_fingerprint_changes_with_the_cards_and_the_server_alone(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "mine")
    cards = tmp_path / "cards"
    seen = [fingerprint(cards, tmp_path)]
    cards.write_text(PROC)
    seen.append(fingerprint(cards, tmp_path))
    (tmp_path / "jack_PortAudio_0_0").touch()           # a client comes and goes with every look
    assert fingerprint(cards, tmp_path) == seen[-1]
    (tmp_path / "jack_mine_0_0").touch()
    seen.append(fingerprint(cards, tmp_path))
    status = tmp_path / "card1" / "pcm0p" / "sub0" / "status"
    status.parent.mkdir(parents=True)
    status.write_text("state: RUNNING\nhw_ptr : 123\n")                     # another programme holds it
    seen.append(fingerprint(cards, tmp_path))
    status.write_text("state: RUNNING\nhw_ptr : 456\n")
    assert fingerprint(cards, tmp_path) == seen[-1]
    status.write_text("closed\n")                                           # and lets it go
    seen.append(fingerprint(cards, tmp_path))
    assert len(set(seen)) == 5


def test_importing_loads_no_portaudio_and_no_numba() -> None:
    ran = subprocess.run([sys.executable, "-c", "import installation.ports.card as card, sys; card.ready(); "
                          "assert not {'sounddevice', 'numba'} & set(sys.modules)"], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.jack
async def test_listing_sees_a_server_come_and_go(monkeypatch) -> None:
    with Server("CARD", outputs=6, inputs=1, rate=44_100) as server:
        for key, value in server.environment.items():
            monkeypatch.setenv(key, value)
        [card] = [card for card in await listing() if card.api == "JACK"]
        assert (card.name, card.outputs, card.inputs, card.rate) == ("system", 6, 1, 44_100)
        server.kill()
        assert not [card for card in listing_now() if card.api == "JACK"]


@pytest.mark.jack
async def test_a_list_that_does_not_come_is_a_fault() -> None:
    with pytest.raises(Fault) as caught:
        await listing(timeout=0.001)
    assert caught.value.id == "card.hangs"
    with pytest.raises(Fault):
        listing_now(timeout=0.001)
