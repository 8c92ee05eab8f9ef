"""What a loudspeaker is for: read from config.yaml, heeded by whatever places a sound."""
from __future__ import annotations

from pathlib import Path

import pytest

from installation.audio.dome_gains import Dome
from installation.audio.node import Hall
from installation.audio.place_gains import ring_numbers
from installation.audio.stand import role_numbers
from installation.rules.config import piece_of
from installation.rules.piece import Piece
from installation.rules.source import parse_source
from installation.terms.fault import Fault

ROOM = """\
piece: roles
room:
  loudspeakers:
    - {name: left, output: 1, azimuth: 30}
    - {name: right, output: 2, azimuth: -30}
    - {name: bass, output: 3, role: %s}
"""


def piece(role: str) -> Piece:
    return piece_of(parse_source(ROOM % role), Path("config.yaml"))


def test_a_subwoofer_is_left_out_of_every_ring_and_dome():
    loudspeakers = piece("sub").room.loudspeakers
    assert [speaker.role for speaker in loudspeakers] == ["full", "full", "sub"]
    assert ring_numbers(loudspeakers, 3) == ring_numbers(loudspeakers[:2], 3)
    assert len(Dome.of(loudspeakers, 3).directions) == 2
    assert role_numbers("sub")(Hall(48_000, 3, loudspeakers)) == (2.0, 1.0)


def test_another_role_is_a_fault_that_says_which_there_are():
    with pytest.raises(Fault) as caught:
        piece("subs")
    assert "full, sub, shaker" in str(caught.value) and '"sub"' in str(caught.value)
