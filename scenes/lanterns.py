"""Lanterns: the lamps breathe one after another around the room, faster where there is company.

The light is the piece here; the sound only keeps it company: a hum, and a note of glass from where a lamp is at its brightest.
Needs lamps in the group "wash"; any number, named in the order in which they hang. Needs to know whether somebody is there.
"""
import math

from installation import Scene, param, ug, voice

LAMPS = ("lantern 1", "lantern 2", "lantern 3", "lantern 4")
CHORD = (588, 661.5, 784, 882)         # Hz, of the notes


class Lanterns(Scene):
    company = param(0, "ratio", 0, 1, glide=2, about={"en": "0 an empty room, 1 a full one", "fr": "0 salle vide, 1 salle pleine"})
    turn = param(24, "s", 8, 120, curve="exp", about={"en": "once around the room", "fr": "un tour de la salle"})
    warmth = param(0.5, "ratio", 0, 1, about={"en": "0 moonlight, 1 candle", "fr": "0 clair de lune, 1 bougie"})
    level = param(-22, "dBFS", -60, -6, about={"en": "of the hum", "fr": "du bourdon"})
    glass = param(-34, "dBFS", -60, -12, about={"en": "of the notes", "fr": "des notes"})

    phase = 0.0

    @voice(limit=8, steal="quietest")
    def note(self, pitch=param(588, "Hz", 100, 4000, curve="exp"), azimuth=0):
        sound = ug.sine(pitch) + 0.25 * ug.sine(pitch * 2.76) * ug.ping(ug.start(), release=0.6)
        return ug.place(sound * ug.ping(ug.start(), attack=0.02, release=5) * self.glass, azimuth=azimuth)

    def sound(self):
        low = ug.sine(98 + ug.drift(period=11, low=-0.4, high=0.4)) + 0.5 * ug.sine(147.2)
        high = (0.2 + 0.4 * self.company) * ug.sine(196.5) + 0.15 * ug.sine(294 + ug.drift(period=7, low=-1, high=1))
        return [ug.place(low * self.level, azimuth=ug.drift(period=24)),
                ug.place(ug.reverb(high, decay=6, channels=2) * self.level, width=120, azimuth=ug.drift(period=40))]

    def light(self):
        self.phase += (0.5 + self.company) / self.turn / 40        # turns; forty frames a second
        warm = (1.0, 0.55, 0.2)
        cool = (0.55, 0.7, 1.0)
        colour = tuple(c + (w - c) * self.warmth for w, c in zip(warm, cool))
        look = {}
        for number, name in enumerate(LAMPS):
            wave = 0.5 + 0.5 * math.cos(2 * math.pi * (self.phase - number / len(LAMPS)))
            look[name] = {"level": 0.04 + (0.4 + 0.5 * self.company) * wave ** 3, "colour": colour}
        return look

    async def play(self, room):
        lamp = round(self.phase * len(LAMPS))
        while True:
            await room.sleep(0.05)
            if round(self.phase * len(LAMPS)) > lamp:              # the next one is at its brightest
                lamp += 1
                self.note(room.random.choice(CHORD), azimuth=45 - 360 / len(LAMPS) * lamp)
