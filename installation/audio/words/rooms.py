"""Words that put a sound into the room. sound() returns what they give.

    place                     a direction: on a ring, or up and down too
    place_at, away, distance  a position in metres, how far it is, and what that does to a sound
    nearest, everywhere       one loudspeaker, or all
    sub, to                   the subwoofers, or an output
    encode, rotate, decode    a sound field, for any loudspeakers
"""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...terms.fault import did_you_mean
from ...terms.role import SHAKER, SUB
from ...terms.words import both
from ..arithmetic import affine, measured
from ..asked import measure, refusal, whole, within
from ..cloud_gains import cloud_numbers, cloud_rest
from ..decoder import decoder_numbers
from ..dome_gains import dome_numbers, dome_rest
from ..graph import Signal, apply
from ..place_gains import all_gains, place_numbers, to_numbers
from ..signal import CONTROL, group, operand
from ..stand import nearest_numbers, nearest_rest, role_numbers, velvet_memory, velvet_numbers
from ..units import UNITS
from ..units.air import SOUND, air_law
from ..units.fields import FURTHEST
from .levels import mix
from .spaces import delay
from .taken import width_of

__all__ = ["away", "decode", "distance", "encode", "everywhere", "nearest", "place", "place_at", "rotate", "sub", "to"]

ORDERS = {4: 1, 9: 2, 16: 3}      # channels of a sound field, and its order


def place(x: Any, azimuth: Any = 0.0, width: Any = 60.0, elevation: Any = None, spread: Any = None) -> Signal:
    """Let a sound come from a direction of the room, on the ring of its loudspeakers. sound() returns it.

    azimuth    degrees, 0 ahead, positive to the left, any number of turns; the middle of several channels
    width      degrees from the first channel (left) to the last (right); at 360 they stand evenly all around
    elevation  degrees, -90 below to 90 overhead: all loudspeakers then take part, not only the ring. Where there are none, below a
               dome or above a ring, the sound spreads over those at the edge
    spread     degrees, 0 a point, 90 a quarter of the way round, 360 from all sides: how large each channel is

        return ug.place(water * self.level, azimuth=ug.drift(period=40))
        return ug.place(bird, azimuth=self.where, elevation=60, spread=20)
    """
    if elevation is None and spread is None:
        return _fan("ug.place", x, azimuth, width, lambda channel, towards: apply(
            UNITS["place"], inputs={"x": channel}, controls={"azimuth": towards}, numbers={"ring": place_numbers}))
    return _fan("ug.place", x, azimuth, width, lambda channel, towards: apply(
        UNITS["dome"], inputs={"x": channel}, controls={"azimuth": towards, "elevation": elevation, "spread": spread},
        numbers={"dome": dome_numbers}, state={"state": dome_rest}, word="ug.place"))


def place_at(x: Any, position: Any = (0.0, 0.0), blur: Any = 0.2, rolloff: float = 6.0,
             weights: Mapping[int, float] | None = None) -> Signal:
    """Let a sound come from a position among loudspeakers that stand anywhere. All play, the nearest most. sound() returns it.

    position  (right, ahead) or (right, ahead, up) in metres from the middle of the room; outside the loudspeakers it is heard from
              the nearest edge. They need a `position`, or a `distance`, in config.yaml
    blur      m, 0 to 100: by which it stands off every loudspeaker; 0 is one of them alone when it is there
    rolloff   dB that a loudspeaker loses each time it is twice as far, 0.1 to 24; 6 is nature's, more is sharper
    weights   {output: weight}, 0 to 100: how willingly each loudspeaker plays this sound, 1 unless given, 0 not at all

        return ug.place_at(steps, position=(self.x, self.y), weights={5: 0})
    """
    sound = operand(x, "ug.place_at, x")
    if width_of(sound) > 1:
        raise refusal(both(f"ug.place_at: a position is for one channel, not for {width_of(sound)}",
                           f"ug.place_at : une position est pour un canal, non pour {width_of(sound)}"), "graph.channels",
                      both("Place each: [ug.place_at(one, where) for one, where in zip(x, positions)], or ug.mix(*x).",
                           "Placez chacun : [ug.place_at(un, lieu) for un, lieu in zip(x, positions)], ou ug.mix(*x)."))
    rolled = within("ug.place_at, rolloff", rolloff, 0.1, 24.0, "dB")
    weighed = {whole("ug.place_at, weights", output, 1, 64): within(f"ug.place_at, weights[{output}]", weight, 0.0, 100.0)
               for output, weight in dict(weights or {}).items()}
    return apply(UNITS["place_at"], inputs={"x": sound}, controls={**_position("ug.place_at", position), "blur": blur},
                 numbers={"cloud": cloud_numbers(rolled, weighed)}, state={"state": cloud_rest})


def away(position: Any) -> Signal:
    """How far a position is from the middle of the room, a control in metres.    ug.distance(x, ug.away((self.x, self.y)))"""
    return apply(UNITS["away"], controls=_position("ug.away", position))


def distance(x: Any, metres: Any, doppler: bool = False, rolloff: float = 6.0, near: float = 1.0, air: float = 1.0,
             farthest: float = 100.0) -> Signal:
    """Take a sound away before it is placed: softer, and duller as far air makes it.

    metres    how far, 0 to 10 000
    doppler   True: it also comes later, so that its pitch bends while it moves
    rolloff   dB lost each time it is twice as far, 0 to 24; 6 is nature's in the open, 3 is a room's
    near      m, 0.01 to 1000: as loud as it is up to there
    air       0 to 1000: how much thicker than air at 20 °C and 50 % humidity; 0 is none, and the sound stays bright
    farthest  m, 1 to 10 000: how far it can go with doppler

        return ug.place(ug.distance(train, self.metres, doppler=True), azimuth=self.where)
    """
    sound = operand(x, "ug.distance, x")
    falls = within("ug.distance, rolloff", rolloff, 0.0, 24.0, "dB") / (20.0 * math.log10(2.0))
    closest = within("ug.distance, near", near, 0.01, 1_000.0, "m")
    thickness = within("ug.distance, air", air, 0.0, 1_000.0)
    limit = within("ug.distance, farthest", farthest, 1.0, FURTHEST, "m")
    if isinstance(metres, (int, float, str)):
        metres = within("ug.distance, metres", metres, 0.0, FURTHEST, "m")
        limit = max(limit, metres)
    gone = apply(UNITS["distance"], inputs={"x": sound}, controls={"metres": metres},
                 numbers={"law": lambda hall: (closest, falls, *air_law(hall.rate), thickness)})
    if not doppler:
        return gone
    way = operand(metres, "ug.distance, metres")
    later = affine(measured(way, "m"), 1.0 / SOUND, unit="s") if isinstance(way, Signal) and way.rate == CONTROL else way * (1.0 / SOUND)
    return delay(gone, later, longest=limit / SOUND)


def nearest(x: Any, azimuth: Any = 0.0, width: Any = 60.0, elevation: Any = 0.0, fade: float = 0.05) -> Signal:
    """Let the loudspeaker that is nearest to a direction play alone: no phantom, sharp from every seat. sound() returns it.

    azimuth    degrees, 0 ahead, positive to the left, any number of turns; the middle of several channels
    width      degrees from the first channel (left) to the last (right); at 360 they stand evenly all around
    elevation  degrees, -90 below to 90 overhead
    fade       s, 0.001 to 60: the crossfade when another becomes the nearest

        return ug.nearest(knock, azimuth=self.where)
    """
    faded = within("ug.nearest, fade", fade, 0.001, 60.0, "s")
    return _fan("ug.nearest", x, azimuth, width, lambda channel, towards: apply(
        UNITS["nearest"], inputs={"x": channel}, controls={"azimuth": towards, "elevation": elevation},
        numbers={"stand": nearest_numbers(faded)}, state={"state": nearest_rest}))


def everywhere(x: Any) -> Signal:
    """Let a sound come from all loudspeakers at once, each a little otherwise, so that it surrounds. sound() returns it.

    It is smeared over 30 ms, which suits what has no attack; together the loudspeakers are as loud as the sound.

        return ug.everywhere(wind * self.level)
    """
    sound = operand(x, "ug.everywhere, x")
    channels = tuple(sound) if isinstance(sound, Signal) and width_of(sound) > 1 else (sound,)
    placed = tuple(apply(UNITS["everywhere"], inputs={"x": channel}, numbers={"velvet": velvet_numbers},
                         memory={"line": velvet_memory}) for channel in channels)
    return placed[0] if len(placed) == 1 else group(placed)


def sub(x: Any, cutoff: Any = 80.0, role: str = SUB) -> Signal:
    """Send what lies below a cutoff to the subwoofers, 24 dB an octave. sound() returns it, besides what it places.

    cutoff  Hz
    role    "sub" or "shaker": which loudspeakers, by their `role` in config.yaml. In a room without shakers its subwoofers serve,
            in one without these all loudspeakers

        return [ug.place(drum), ug.sub(drum)]
    """
    if role not in (SUB, SHAKER):
        close = did_you_mean(str(role), (SUB, SHAKER))
        raise refusal(both(f'ug.sub, role: expected "sub" or "shaker", got {role!r}',
                           f"ug.sub, role : il faut « sub » ou « shaker », et non {role!r}"), "graph.role",
                      both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "")
    sound = operand(x, "ug.sub, x")
    if isinstance(sound, Signal) and width_of(sound) > 1:
        sound = mix(*sound)
    return apply(UNITS["sub"], inputs={"x": sound}, controls={"cutoff": cutoff}, numbers={"feeds": role_numbers(role)})


def encode(x: Any, azimuth: Any = 0.0, elevation: Any = 0.0, order: int = 1, width: Any = 60.0) -> Signal:
    """Put a sound into a sound field (ambisonics) from a direction: 4, 9 or 16 channels, ACN and SN3D as in AmbiX files.

    azimuth    degrees, 0 ahead, positive to the left, any number of turns; the middle of several channels
    elevation  degrees, -90 below to 90 overhead
    order      1 to 3: how sharp; it has (order + 1) squared channels. Fields of one order are mixed with +
    width      degrees from the first channel (left) to the last (right)

        return ug.decode(ug.rotate(ug.encode(birds, order=3) + ug.encode(rain, 180, order=3), yaw=self.turn))
    """
    channels = (whole("ug.encode, order", order, 1, 3) + 1) ** 2
    parts: list[Signal] = []

    def into(channel: Any, towards: Any) -> Signal:
        parts.append(apply(UNITS["encode"], inputs={"x": channel}, controls={"azimuth": towards, "elevation": elevation},
                           channels=channels, as_is=True))
        return parts[-1]

    _fan("ug.encode", x, azimuth, width, into)
    return mix(*parts)


def rotate(field: Any, yaw: Any = 0.0, pitch: Any = 0.0, roll: Any = 0.0) -> Signal:
    """Turn a sound field around its listener: first it rolls, then its front rises, then it turns.

    yaw    degrees, any number of turns: what was ahead goes to the left
    pitch  degrees: what was ahead goes up
    roll   degrees: what was on the left goes up

        ug.rotate(field, yaw=self.turn)
    """
    return apply(UNITS["rotate"], inputs={"x": _field("ug.rotate", field)}, controls={"yaw": yaw, "pitch": pitch, "roll": roll})


def decode(field: Any) -> Signal:
    """Play a sound field on the loudspeakers of the room, whichever they are; a level ring plays its horizontal part.
    sound() returns it.

        return ug.decode(field)
    """
    sound = _field("ug.decode", field)
    return apply(UNITS["decode"], inputs={"x": sound}, numbers={"matrix": decoder_numbers(ORDERS[sound.channels])})


def to(x: Any, output: int = 1, gains: Sequence[float] | None = None) -> Signal:
    """Send a sound to an output as it is, counted from 1; its second channel to the next, and so on. sound() returns it.

    gains  instead of `output`: one gain for each output of the room, from the first on; the sound goes to all of them. Those that
           are left out at the end are 0

        return ug.to(ug.sine(50) * self.level, output=9)      # a shaker below a bench
        return ug.to(bell, gains=[0.5, 0.2, 0, 0.2])          # a place of one's own making
    """
    sound = operand(x, "ug.to, x")
    if gains is not None:
        listed = [within("ug.to, gains", gain, -100.0, 100.0) for gain in gains]
        return apply(UNITS["spray"], inputs={"x": sound}, numbers={"gains": all_gains(listed, width_of(sound))})
    output = whole("ug.to, output", output, 1, 64)
    return apply(UNITS["to"], inputs={"x": sound}, numbers={"rows": to_numbers(output, width_of(sound))})


def _fan(word: str, x: Any, azimuth: Any, width: Any, put: Callable[[Any, Any], Signal]) -> Signal:
    """Each channel put into its direction, fanned out around an azimuth."""
    sound = operand(x, f"{word}, x")
    count = width_of(sound)
    if count == 1:
        return put(sound, azimuth)
    assert isinstance(sound, Signal)
    if isinstance(azimuth, str):
        azimuth = measure(f"{word}, azimuth", azimuth, "deg")
    wide = within(f"{word}, width", width, -360.0, 360.0, "deg")
    step = wide / count if abs(wide) == 360.0 else wide / (count - 1)
    return group(tuple(put(channel, operand(azimuth, f"{word}, azimuth") + step * ((count - 1) / 2 - index))
                       for index, channel in enumerate(sound)))


def _position(word: str, position: Any) -> dict[str, Any]:
    """The controls of a position. Raises Fault if it is not two or three of them."""
    if not isinstance(position, (tuple, list)) or len(position) not in (2, 3):
        raise refusal(both(f"{word}, position: expected (right, ahead) or (right, ahead, up), got {position!r}",
                           f"{word}, position : il faut (droite, devant) ou (droite, devant, haut), et non {position!r}"),
                      "graph.position", both("Metres from the middle of the room: position=(1.5, self.ahead).",
                                             "En mètres depuis le milieu de la salle : position=(1.5, self.ahead)."))
    return dict(zip(("right", "ahead", "up"), position))


def _field(word: str, field: Any) -> Signal:
    sound = operand(field, f"{word}, field")
    if isinstance(sound, Signal) and width_of(sound) in ORDERS:
        return sound
    got = width_of(sound)
    raise refusal(both(f"{word}: a sound field has 4, 9 or 16 channels, not {got}",
                       f"{word} : un champ sonore a 4, 9 ou 16 canaux, et non {got}"), "graph.field",
                  both("Make one with ug.encode(x, azimuth, order=3).", "Faites-en un avec ug.encode(x, azimuth, order=3)."))
