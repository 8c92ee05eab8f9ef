"""Light: from what scenes ask to the bytes of every universe. No device, no clock.

    look.py       what scenes ask, and several looks made one
    colour.py     a colour made from the emitters that a lamp has
    curve.py      dimmer curves
    kind.py       kinds of lamps: what each channel does
    fixture.py    lamps at their addresses, in groups
    universe.py   512 slots
    guard.py      no more than three flashes in any second
    frames.py     all of it in order: Lights
"""
