"""The sound card: which one the piece means, whether it is there, and opening it.

    Card             one line of PortAudio's list
    choose           the card that config.yaml names; a Fault lists every match, ready to paste
    listing          what is plugged in now, read by a process that lives only for that
    fingerprint      a cheap text that changes when cards come or go
    ready, Stream    loading the libraries ahead of time, and the open card (only in a player, which can be killed)

PortAudio reads the cards once, when it starts, and on a card that was power-cycled it may never return (its issues 930, 1037,
1074). So the control process never loads it: `listing` starts `python -m installation.ports.card --list` with a time limit.
Importing this file loads nothing; `sounddevice` is imported, which starts PortAudio, only when a stream is opened.
"""
from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..terms.fault import Fault
from ..terms.words import Words, both

ROOT = Path(__file__).resolve().parents[2]     # where `python -m installation…` is found from
LIST_WITHIN = 10.0     # s; PortAudio takes 0.05 s to start, with a hanging card for ever
_HW = re.compile(r"\s*\(hw:(\d+),(\d+)\)\s*$")
_SHORT = {"JACK Audio Connection Kit": "JACK"}


@dataclass(frozen=True, slots=True)
class Card:
    """One device as PortAudio lists it.

    index    PortAudio's number, good only in the process that listed it
    name     PortAudio's name; on ALSA it ends in "(hw:1,0)", whose number may change at every start
    api      "ALSA", "JACK", …
    outputs, inputs  the channels it offers
    rate     the rate it proposes, in Hz
    id       ALSA's name for the card, stable over restarts ("UMC1820"), "" elsewhere
    default  whether the system proposes it
    """

    index: int
    name: str
    api: str
    outputs: int
    inputs: int = 0
    rate: float = 48_000.0
    id: str = ""
    default: bool = False

    @property
    def stem(self) -> str:
        """The name without ALSA's number."""
        return _HW.sub("", self.name)

    @property
    def part(self) -> str:
        """ALSA's id and the number of the part: "UMC1820,0"; "" elsewhere."""
        found = _HW.search(self.name)
        return f"{self.id},{found[2]}" if found and self.id else ""


def choose(cards: list[Card], wanted: str, api: str | None = None, outputs: int = 1, inputs: int = 0) -> Card:
    """The card that the piece means.

    A name means, in this order: the whole name, ALSA's id ("UMC1820" or "UMC1820,0"), the name without its number, a part of the
    name; large and small letters are the same. "auto" takes JACK where a server runs (it holds the card), else the card that the
    system proposes, else the first, of those with enough channels.

    Raises Fault if none is meant, if several are, or if it has too few channels.
    """
    near = [card for card in cards if card.outputs > 0 and _is_api(card, api)]
    if wanted == "auto":
        return _auto(near, outputs, inputs)
    found = _meant(near, wanted)
    if not found:
        raise Fault(both(f'no sound card is called "{wanted}"{_by(api)}',
                         f"aucune carte son ne s'appelle « {wanted} »{_by(api)}"),
                    where="sound.card", remedy=_what_there_is(near), id="card.absent")
    if len(found) > 1:
        raise Fault(both(f'"{wanted}" could be {len(found)} sound cards', f"« {wanted} » peut être {len(found)} cartes son"),
                    where="sound.card", remedy=_paste(found, cards), id="card.ambiguous")
    return _wide_enough(found[0], outputs, inputs)


def paste(card: Card, cards: list[Card]) -> str:
    """The line for config.yaml that means this card and no other: `sound: {card: UMC1820, api: ALSA}`."""
    for name in (card.id, card.stem, card.part, card.name):
        if name and _meant([other for other in cards if other.api == card.api and other.outputs > 0], name) == [card]:
            break
    else:
        name = card.name
    written = name if re.fullmatch(r"[A-Za-z_][\w-]*", name) else json.dumps(name, ensure_ascii=False)
    return f"sound: {{card: {written}, api: {card.api}}}"


async def listing(timeout: float = LIST_WITHIN) -> list[Card]:
    """What is plugged in now. Raises Fault if PortAudio is missing or does not answer within `timeout` seconds."""
    process = await asyncio.create_subprocess_exec(*_lister(), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                                   stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, complaints = await asyncio.wait_for(process.communicate(), timeout)
    except TimeoutError:
        raise _hangs(timeout) from None
    finally:
        if process.returncode is None:
            process.kill()
    return _read(process.returncode, out, complaints)


def listing_now(timeout: float = LIST_WITHIN) -> list[Card]:
    """The same as `listing`, for a command that has no loop running."""
    try:
        ran = subprocess.run(_lister(), cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout,
                             start_new_session=True, check=False)
    except subprocess.TimeoutExpired:
        raise _hangs(timeout) from None
    return _read(ran.returncode, ran.stdout, ran.stderr)


def fingerprint(asound: Path = Path("/proc/asound/cards"), sockets: Path = Path("/dev/shm")) -> str:
    """A text that changes when an ALSA card or the JACK server comes or goes, or a card is taken or let go by another programme; costs a few file look-ups.

    PortAudio's own client sockets are left out, or every look would seem a change.
    """
    seen = [asound.read_text(errors="replace") if asound.exists() else ""]
    for status in sorted(asound.parent.glob("card*/pcm*p/sub*/status")):
        try:
            held = status.read_text(errors="replace").strip() != "closed"
        except OSError:
            continue
        seen.append(f"{status.parent} {held}")
    for socket in sorted(sockets.glob(f"jack_{os.environ.get('JACK_DEFAULT_SERVER', 'default')}_*_0")):
        try:
            state = socket.stat()
        except OSError:      # it went between being listed and being looked at: the next look will see that
            continue
        seen.append(f"{socket.name} {state.st_ino} {state.st_mtime_ns}")
    return "\n".join(seen)


def alsa_ids(text: str) -> dict[int, str]:
    """ALSA's card numbers and ids, from the text of /proc/asound/cards."""
    return {int(number): name.strip() for number, name in re.findall(r"^\s*(\d+) \[([^\]]*)\]:", text, re.MULTILINE)}


def ready() -> None:
    """Load the libraries that opening a card needs, without starting PortAudio, so that a standby opens it sooner.

    A library that is missing is not a fault here: `Stream` will say so.
    """
    import ctypes.util
    import functools
    import platform
    import sysconfig

    assert platform and sysconfig     # sounddevice imports them
    ctypes.util.find_library = functools.cache(ctypes.util.find_library)     # it starts ldconfig, and sounddevice asks again
    try:
        from _sounddevice import ffi

        name = ctypes.util.find_library("portaudio")
        if name:
            ffi.dlopen(name)
    except (ImportError, OSError):
        return


def list_here() -> list[Card]:
    """What PortAudio lists in this process; the first call starts PortAudio, and what it sees then stays so."""
    sd = _sounddevice()
    apis = sd.query_hostapis()
    asound = Path("/proc/asound/cards")
    ids = alsa_ids(asound.read_text(errors="replace")) if asound.exists() else {}
    cards = []
    for index, device in enumerate(sd.query_devices()):
        api = apis[device["hostapi"]]
        short = _SHORT.get(api["name"], api["name"])
        found = _HW.search(device["name"])
        cards.append(Card(index, device["name"], short, device["max_output_channels"], device["max_input_channels"],
                          device["default_samplerate"], ids.get(int(found[1]), "") if found else "",
                          api["default_output_device"] == index))
    return cards


class Stream:
    """An open card. `close` may never return, which is why only a player, which can be killed, opens one.

    callback, userdata   addresses of a native PortAudio callback and of what it is given
    block                frames for each callback; JACK has its own and is not asked
    Raises Fault if the card cannot be opened so.
    """

    def __init__(self, card: Card, *, rate: int, outputs: int, inputs: int = 0, block: int = 0, latency: str | float = "low",
                 callback: int, userdata: int) -> None:
        sd = _sounddevice()
        both_ways = inputs > 0
        try:
            self._stream = sd._StreamBase(
                kind="duplex" if both_ways else "output", wrap_callback=None, samplerate=rate, dtype="float32",
                device=(card.index, card.index) if both_ways else card.index,
                channels=(inputs, outputs) if both_ways else outputs,
                blocksize=0 if card.api == "JACK" else block, latency=latency,
                callback=sd._ffi.cast("PaStreamCallback*", callback), userdata=sd._ffi.cast("void*", userdata))
        except (sd.PortAudioError, ValueError) as error:
            raise _refused(card, rate, error) from error
        self.card = card
        self._failures = (sd.PortAudioError, ValueError)

    def start(self) -> None:
        """Begin to sound. Raises Fault."""
        try:
            self._stream.start()
        except self._failures as error:
            raise _refused(self.card, int(self._stream.samplerate), error) from error

    @property
    def active(self) -> bool:
        """Whether PortAudio believes that it is running; False once the card or its server has gone, where PortAudio notices."""
        return bool(self._stream.active)

    @property
    def latency(self) -> float:
        """Seconds from a frame's rendering to its leaving the card, as PortAudio reckons."""
        latency = self._stream.latency
        return float(latency[1] if isinstance(latency, tuple) else latency)

    def close(self) -> None:
        """Let the card go. May hang."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)


def _sounddevice() -> Any:
    """sounddevice; importing it starts PortAudio. Raises Fault if the library is missing."""
    try:
        import sounddevice
    except OSError as error:
        raise Fault(both(f"PortAudio cannot be loaded: {error}", f"PortAudio ne se charge pas : {error}"), where="sound",
                    remedy=both("Install it: sudo apt install libportaudio2", "Installez-le : sudo apt install libportaudio2"),
                    id="card.portaudio") from error
    return sounddevice


def _is_api(card: Card, api: str | None) -> bool:
    return not api or card.api.lower() == api.lower() or api.lower() in card.api.lower()


def _by(api: str | None) -> str:
    return f" ({api})" if api else ""


def _meant(cards: list[Card], wanted: str) -> list[Card]:
    word = wanted.strip().lower()
    for fits in (lambda card: word == card.name.lower(), lambda card: word == card.part.lower(),
                 lambda card: word == card.id.lower(), lambda card: word == card.stem.lower(),
                 lambda card: word in card.name.lower()):
        found = [card for card in cards if word and fits(card)]
        if found:
            return found
    return []


def _auto(cards: list[Card], outputs: int, inputs: int) -> Card:
    if not cards:
        raise Fault(both("there is no sound card", "il n'y a pas de carte son"), where="sound.card",
                    remedy=both("Plug one in; it is looked for all the time.", "Branchez-en une ; on la cherche sans cesse."),
                    id="card.absent")
    liked = sorted(cards, key=lambda card: (card.api != "JACK", card.name != "system", not card.default, card.index))
    wide = [card for card in liked if card.outputs >= outputs and card.inputs >= inputs]
    return wide[0] if wide else _wide_enough(max(liked, key=lambda card: card.outputs), outputs, inputs)


def _wide_enough(card: Card, outputs: int, inputs: int) -> Card:
    remedy = both("Its surround mode may be off. `installation devices` lists what is plugged in now.",
                  "Son mode surround est peut-être coupé. `installation devices` montre ce qui est branché.")
    if card.outputs < outputs:
        offers = f"{card.outputs} output{'s' if card.outputs != 1 else ''}"
        offre = f"{card.outputs} sortie{'s' if card.outputs > 1 else ''}"
        raise Fault(both(f'"{card.stem}" offers {offers}, the room has {outputs} loudspeakers',
                         f"« {card.stem} » offre {offre}, la salle a {outputs} haut-parleurs"),
                    where="sound", remedy=remedy, id="card.narrow")
    if card.inputs < inputs:
        raise Fault(both(f'"{card.stem}" offers {card.inputs} inputs, the piece asks for {inputs}',
                         f"« {card.stem} » offre {card.inputs} entrées, la pièce en demande {inputs}"),
                    where="sound.inputs", remedy=remedy, id="card.narrow")
    return card


def _paste(found: list[Card], cards: list[Card]) -> Words:
    lines = "\n  ".join(f"{paste(card, cards)}    # {card.name}, {card.outputs} out, {card.inputs} in" for card in found)
    return both(f"Write one of these in config.yaml:\n  {lines}", f"Écrivez l'une de ces lignes dans config.yaml :\n  {lines}")


def _what_there_is(cards: list[Card]) -> Words:
    if not cards:
        return both("No sound card is plugged in.", "Aucune carte son n'est branchée.")
    return _paste(cards, cards)


def _lister() -> list[str]:
    return [sys.executable, "-m", "installation.ports.card", "--list"]


def _hangs(timeout: float) -> Fault:
    return Fault(both(f"the list of sound cards did not come within {timeout:g} s",
                      f"la liste des cartes son n'est pas venue en {timeout:g} s"), where="sound", id="card.hangs",
                 remedy=both("A card may hang: unplug it, or switch it off and on.",
                             "Une carte est peut-être bloquée : débranchez-la, ou éteignez-la et rallumez-la."))


def _read(status: int | None, out: bytes, complaints: bytes) -> list[Card]:
    if status == 0:
        return [Card(**card) for card in json.loads(out)]
    last = complaints.decode(errors="replace").strip().splitlines()[-1:] or [f"exit {status}"]
    raise Fault(both(f"the sound cards cannot be listed: {last[0]}", f"les cartes son ne se laissent pas lister : {last[0]}"),
                where="sound", id="card.list",
                remedy=both("`installation doctor` looks further.", "`installation doctor` regarde plus loin."))


def _refused(card: Card, rate: int, error: Exception) -> Fault:
    text = re.sub(r"\s*\[PaErrorCode.*\]", "", str(error))
    remedy = both("Another program may hold it.", "Un autre programme l'occupe peut-être.")
    if "sample rate" in text.lower():
        remedy = both(f"The card proposes {card.rate:g} Hz: write `rate: {card.rate:g}` under sound, or change the card.",
                      f"La carte propose {card.rate:g} Hz : écrivez `rate: {card.rate:g}` sous sound, ou réglez la carte.")
    return Fault(both(f'"{card.stem}" does not open at {rate} Hz: {text}',
                      f"« {card.stem} » ne s'ouvre pas à {rate} Hz : {text}"),
                 where="sound", remedy=remedy, id="card.refused")


if __name__ == "__main__":
    try:
        print(json.dumps([asdict(card) for card in list_here()]))
    except Fault as fault:
        sys.exit(fault.happened.en)
