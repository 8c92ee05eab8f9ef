"""Tide: water that brightens as someone comes near, and withdraws when they stay.

Needs something that knows how close a visitor is. Lights are welcome, not required.
"""
from installation import Scene, param, ug


class Tide(Scene):
    closeness = param(0, "ratio", 0, 1, glide=0.3, about={"en": "0 nobody, 1 at the plinth", "fr": "0 personne, 1 devant le socle"})
    brightness = param(500, "Hz", 100, 6_000, curve="exp", glide=0.3, about={"en": "of the water", "fr": "de l'eau"})
    root = param(55, "Hz", 30, 220, curve="exp", glide=4, about={"en": "lowest note of the swell", "fr": "note grave de la houle"})
    level = param(-10, "dBFS", -60, 0, glide=0.1, about={"en": "of the whole scene", "fr": "de toute la scène"})

    def sound(self):
        wet = self.brightness * (1 + 4 * self.closeness)
        near = ug.lowpass(ug.pink(), wet)
        far = ug.lowpass(ug.pink(), self.brightness * 0.4)
        swell = ug.filter(ug.saw(self.root) + ug.saw(self.root * 1.497) + ug.saw(self.root * 2.004),
                          120 + 900 * self.closeness, resonance=0.25)
        return [
            ug.place(near * self.level, azimuth=ug.drift(period=23)),
            ug.place(far * self.level, azimuth=ug.drift(period=40)),
            ug.place(swell * (0.16 + 0.16 * self.closeness) * self.level, azimuth=ug.drift(period=31)),
        ]

    def light(self):
        return {"wash": {"level": 0.12 + 0.6 * self.closeness, "colour": (0.15, 0.45 + 0.3 * self.closeness, 1.0)}}

    async def play(self, room):
        while True:
            await room.until(self.closeness > 0.85, for_=10)       # someone has stayed ten seconds
            await self.level.go(-32, over=8)
            await room.until(self.closeness < 0.3)
            await self.level.go(-10, over=4)
            self.level.release()
