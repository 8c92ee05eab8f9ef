"""Embers: a fire that fills the room, and bells that answer whoever comes close.

Plays recordings: sounds/fire.ogg is streamed from disk, sounds/bell-*.flac are struck from memory.
Needs something that knows how close a visitor is.
"""
from installation import Scene, param, ug

BELLS = ("low", "mid", "high")


class Embers(Scene):
    closeness = param(0, "ratio", 0, 1, glide=0.5, about={"en": "0 nobody, 1 very near", "fr": "0 personne, 1 tout près"})
    fire = param(-6, "dBFS", -60, 6, glide=0.5, about={"en": "of the fire", "fr": "du feu"})
    bells = param(-12, "dBFS", -60, 0, about={"en": "of the bells", "fr": "des cloches"})
    pace = param(6, "s", 1, 60, curve="exp", about={"en": "between bells, when someone is near", "fr": "entre deux cloches, quand quelqu'un est près"})
    strike_low = param(trigger=True, about={"en": "strike the low bell", "fr": "frapper la cloche grave"})
    strike_mid = param(trigger=True, about={"en": "strike the middle bell", "fr": "frapper la cloche médiane"})
    strike_high = param(trigger=True, about={"en": "strike the high bell", "fr": "frapper la cloche aiguë"})

    def sound(self):
        fire = ug.stream("sounds/fire.ogg", loop=True)
        parts = [ug.place(fire[0] * self.fire, azimuth=60), ug.place(fire[1] * self.fire, azimuth=-60)]
        ringing = ug.mix(*(ug.play(f"sounds/bell-{name}.flac", on=trigger) * self.bells
                           for name, trigger in zip(BELLS, (self.strike_low, self.strike_mid, self.strike_high))))
        hall = ug.reverb(ringing, decay=4.0)
        parts.append(ug.place(ringing, azimuth=ug.drift(period=12)))
        parts += [ug.place(hall[side] * 0.4, azimuth=azimuth) for side, azimuth in enumerate((120, -120))]
        return parts

    def light(self):
        return {"wash": {"level": 0.25 + 0.35 * self.closeness, "colour": (1.0, 0.38, 0.08)}}

    async def play(self, room):
        while True:
            await room.sleep(room.random.uniform(0.5, 1.5) * self.pace)
            if self.closeness > 0.25:
                name = room.random.choice(BELLS)
                getattr(self, f"strike_{name}").fire()
