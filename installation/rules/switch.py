"""What switches the power of an amplifier, a sound card or anything else, as config.yaml declares it (`hours: switches:`).

One of three ways: a line of the machine's own pins (GPIO, behind a relay), a message by MQTT, or a web address of a plug on the room's network.
"""
from __future__ import annotations

from dataclasses import dataclass

from ..terms.words import both
from .schema.key import key
from .schema.sorts import Amount, Choice, Label, Record, Text, Truth, Whole

SOURCE, AMPLIFIER, OTHER = WHATS = "source", "amplifier", "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class GpioRecord:
    """A line of a GPIO chip. On a Raspberry Pi 4 the header is gpiochip0, on a Pi 5 too (with a recent kernel); `gpioinfo` lists them."""

    line: int = key(Whole(0, 1023), both("number of the line: the BCM number on a Raspberry Pi", "numéro de la ligne : le numéro BCM sur un Raspberry Pi"))
    chip: str = key(Text(longest=64), both("the chip, as in /dev", "la puce, comme dans /dev"), default="gpiochip0")
    active_low: bool = key(Truth(), both("on is the low state, as most relay boards have it", "allumé = état bas, comme sur la plupart des cartes à relais"),
                           default=False)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSwitchRecord:
    """A plug or relay that listens to MQTT, over the piece's broker (`mqtt:`)."""

    topic: str = key(Text(longest=256), both("where it listens: cmnd/amps/POWER (Tasmota), shellies/amps/relay/0/command",
                                             "où il écoute : cmnd/amplis/POWER (Tasmota), shellies/amplis/relay/0/command"))
    on: str = key(Text(longest=256), both("what turns it on", "ce qui l'allume"), default="ON")
    off: str = key(Text(longest=256), both("what turns it off", "ce qui l'éteint"), default="OFF")
    state: str | None = key(Text(longest=256), both("where it says how it is: stat/amps/POWER; its words are those of `on` and `off`",
                                                    "où il dit comment il est : stat/amplis/POWER ; avec les mots de `on` et `off`"), default=None)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSwitchRecord:
    """A plug with web addresses: Shelly: http://192.168.1.30/relay/0?turn=on; Tasmota: http://192.168.1.31/cm?cmnd=Power%20On."""

    on: str = key(Text(longest=512), both("the address that turns it on", "l'adresse qui l'allume"))
    off: str = key(Text(longest=512), both("the address that turns it off", "l'adresse qui l'éteint"))
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchRecord:
    """One switch: exactly one of gpio, mqtt and url says how it is reached."""

    name: str = key(Label(), both("what people call it", "comment on l'appelle"))
    what: str = key(Choice(*WHATS), both("what it feeds: a source (sound card, mixer) is on before amplifiers and off after them",
                                         "ce qu'il alimente : une source (carte son, console) s'allume avant les amplis et s'éteint après"), default=AMPLIFIER)
    gpio: GpioRecord | None = key(Record(GpioRecord), both("a line of this machine", "une ligne de cette machine"), default=None)
    mqtt: MqttSwitchRecord | None = key(Record(MqttSwitchRecord), both("by MQTT", "par MQTT"), default=None)
    url: UrlSwitchRecord | None = key(Record(UrlSwitchRecord), both("by web addresses", "par des adresses web"), default=None)
    wait: float = key(Amount("s", 0, 600), both("how long it takes after it was switched, before the next thing is done",
                                                "le temps qu'il lui faut après la bascule, avant de continuer"), default=2.0)
    where: str = ""

    @property
    def ways(self) -> list[str]:
        """The ways that are written; one, where the piece is in order."""
        return [name for name in ("gpio", "mqtt", "url") if getattr(self, name) is not None]
