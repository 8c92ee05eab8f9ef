"""A tablet's layout: what stands on which page, as what."""
from __future__ import annotations

from installation.rules.layout import Sort, labelled, pages
from installation.terms.declaration import Access, Curve, Declaration, Kind

DECLARED = (
    Declaration("/sensor/plinth/distance", unit="m", access=Access.READ),
    Declaration("/scene/tide/cutoff", unit="Hz", low=20, high=20_000, curve=Curve.EXPONENTIAL, default=600.0),
    Declaration("/scene/tide/bell/playing", Kind.INT, default=0, access=Access.READ), Declaration("/scene/tide/steps", Kind.INT, low=0, high=8, default=2),
    Declaration("/scene/tide/free"), Declaration("/scene/embers/glow", Kind.COLOUR, default=(1, 0.5, 0)), Declaration("/scene/embers/strike", Kind.TRIGGER),
    Declaration("/light/wash/level", low=0, high=1, default=1.0), Declaration("/room/gain", unit="dB", low=-60, high=12),
    Declaration("/score/main/scene", Kind.TEXT, default="tide", choices=("tide", "none")), Declaration("/system/mute", Kind.BOOL, default=False),
    Declaration("/preset/recall", Kind.TEXT, default=""))


def test_every_value_that_can_be_moved_stands_on_its_page():
    shown = {page.name: [(control.label, control.sort) for control in page.controls] for page in pages(DECLARED)}
    assert list(shown) == ["room", "tide", "embers", "light", "presets"]
    assert shown == {"room": [("gain", Sort.FADER), ("main: scene", Sort.WORDS), ("mute", Sort.SWITCH)],
                     "tide": [("cutoff", Sort.FADER), ("steps", Sort.WHOLE)], "embers": [("glow", Sort.COLOUR), ("strike", Sort.BUTTON)],
                     "light": [("wash", Sort.FADER)], "presets": [("recall", Sort.TEXT)]}
    assert [labelled(control) for page in pages(DECLARED) for control in page.controls][:4] == ["gain (dB)", "main: scene", "mute", "cutoff (Hz)"]
    assert len({page.colour for page in pages(DECLARED)}) == 5 and pages(()) == []
