"""Breath: what is left when nothing else plays. Very quiet, very dim, and never quite still."""
from installation import Scene, param, ug


class Breath(Scene):
    level = param(-44, "dBFS", -70, -20, about={"en": "of the breath", "fr": "du souffle"})
    glow = param(0.08, "ratio", 0, 0.5, about={"en": "of the lamps", "fr": "des lumières"})

    def sound(self):
        air = ug.lowpass(ug.pink(), ug.drift(period=9, low=150, high=700))
        return ug.place(air * self.level, azimuth=ug.drift(period=60))

    def light(self):
        return {"wash": {"level": self.glow, "colour": (1.0, 0.7, 0.4)}}
