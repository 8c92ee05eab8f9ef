"""A colour made from the emitters that a lamp has.

Artists say red, green, blue. What all three share is white light, and a white emitter gives it more evenly than the three do:
it takes over as much as it can. Of what is left, an amber emitter takes the part that red and green make in the ratio 2 : 1.

    rgb    as asked
    rgbw   white = min(red, green, blue); each of the three gives that much less
    rgbwa  then amber = min(red, 2 · green); red gives amber less, green half of it less

The conversion scales with the level (half the colour gives half of each emitter) and has no steps, so a fade of the colour is a
fade of each emitter.
"""
from __future__ import annotations

Rgb = tuple[float, float, float]


def emitters(colour: Rgb, present: frozenset[str]) -> dict[str, float]:
    """The level of each emitter that the lamp has, 0 to 1, for a colour of three levels 0 to 1.

    A lamp without coloured emitters (only white, or only amber) shows the brightest of the three.
    """
    red, green, blue = colour
    if not {"red", "green", "blue"} <= present:
        whole = max(colour)
        return {name: {"red": red, "green": green, "blue": blue}.get(name, whole) for name in present}
    given: dict[str, float] = {}
    if "white" in present:
        white = min(colour)
        given["white"] = white
        red, green, blue = red - white, green - white, blue - white
    if "amber" in present:
        amber = min(red, 2.0 * green)
        given["amber"] = amber
        red, green = red - amber, green - amber / 2.0
    given.update(red=red, green=green, blue=blue)
    return {name: given.get(name, 0.0) for name in present}
