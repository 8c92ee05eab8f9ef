"""What differs, in words."""
from __future__ import annotations

from installation.rules.difference import differences, spoken
from installation.terms.declaration import Curve, Declaration, Kind

RECORDS = {record.address: record for record in (
    Declaration("/scene/tide/level", unit="dBFS", curve=Curve.DECIBEL), Declaration("/scene/tide/pitch", unit="Hz", low=20, high=9000, curve=Curve.EXPONENTIAL),
    Declaration("/light/lamp/level", unit="ratio"), Declaration("/scene/tide/open", Kind.BOOL), Declaration("/room/gain", unit="dB"))}


def test_each_difference_is_a_sentence_in_both_languages() -> None:
    one = {"/scene/tide/level": -20.0, "/scene/tide/pitch": 400.0, "/scene/tide/open": True, "/room/gain": 0.0, "/light/lamp/level": 0.3}
    other = {"/scene/tide/level": -33.0, "/scene/tide/pitch": 800.0, "/scene/tide/open": False, "/light/lamp/level": 0.30000001192092896}
    lines = differences(one, other, RECORDS.__getitem__)
    assert [line.words.en for line in lines] == ["tide, level: from -20 dBFS to -33 dBFS (13 dB lower)", "tide, pitch: from 400 Hz to 800 Hz (×2)",
                                                "tide, open: from true to false", "room, gain: 0 dB in the first, and not in the second"]
    assert lines[0].words.fr == "tide, level : de -20 dBFS à -33 dBFS (13 dB de moins)"
    assert lines[0].data() == {"address": "/scene/tide/level", "from": "-20 dBFS", "to": "-33 dBFS", "en": lines[0].words.en, "fr": lines[0].words.fr}
    assert lines[3].latter is None


def test_addresses_as_people_say_them() -> None:
    assert [spoken(address) for address in ("/light/lamp/level", "/room/gain", "/scene/tide/level")] == ["lamp", "room, gain", "tide, level"]
