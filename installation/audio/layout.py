"""Where things lie in the arena. Offsets are in bytes from its start; a word is 8 bytes, int64 unless said otherwise.

The control process writes the first half of the header and the request ring; the player writes the second half, the result
ring and the states. No word has two writers, but for EPOCH, which control alone changes and the player alone obeys.
"""
from __future__ import annotations

MAGIC = 0x454E4E4F54_01           # "ENNOT", version 1
WORD = 8

# header: written by control
(MAGIC_W, SIZE, RATE, OUTPUTS, INPUTS, EPOCH, STATE_AT, STATE_SIZE, STATE_USED, COMMIT_A, COMMIT_B, BUS_AT, GRAPH_BUS_AT,
 INPUT_AT, SCRATCH_AT, SCRATCH_SIZE, REQUESTS_AT, RESULTS_AT, HEAP_AT, HEAP_SIZE, STREAMS_AT, METERS_AT, GUARD_AT,
 REQUEST_HEAD, RESULT_TAIL, MASTER_GAIN, MUTE, CONTROL_TICK, FADE_OUT, FIFO_AT, OUT_AT) = range(31)
# MASTER_GAIN is float64 bits: linear gain that the guard glides to. MUTE: 1 is muted. FADE_OUT: 1 asks the player to ramp to
# silence because the piece closes. CONTROL_TICK counts the control loop's ticks.

# header: written by the player
(COMMITTED, BLOCKS, CURRENT_GRAPH, CURRENT_UNIT, CALLBACKS, XRUNS, LONGEST_NS, LAST_NS, NONFINITE, LATE, DROPPED_RESULTS,
 CALLBACK_TID, CARD_FRAMES, FIFO_LEFT, INSIDE, PLAYER_PID, UNDERRUNS, LIMITING, IN_SILENCE) = range(64, 83)
# COMMITTED: how many blocks have been copied whole; its parity says which copy (0: COMMIT_A, 1: COMMIT_B) is the last.
# INSIDE: 1 while a block is being rendered (so that a test can aim inside it).

HEADER_WORDS = 128
HEADER_SIZE = HEADER_WORDS * WORD

# the request ring: control → player
RING_ROWS = 256
ROW_WORDS = 8                     # kind, frame, a, b, c, d, e, f
START, STOP, TRIGGER, BAN = 1, 2, 3, 4
# START   a: instance offset, b: fade frames, c: fade shape, d: layer number       begin a graph, from its initial states
# STOP    a: instance offset, b: fade frames, c: fade shape                        fade out, then retire (RETIRED)
# TRIGGER a: offset of the trigger unit's state, b: float64 bits of its value
# BAN     a: instance offset                                                       leave at once, without a fade

# the result ring: player → control
STARTED, RETIRED, WAS_LATE, BAD_SAMPLES, REFUSED = 1, 2, 3, 4, 5
# kind, frame, a: instance offset, b: detail (BAD_SAMPLES: index of the unit), …

# an instance, written by control before START
(I_UNITS_AT, I_UNITS, I_STATE_AT, I_STATE_SIZE, I_IMAGE_AT, I_ID, I_BANNED, I_GAIN_AT) = range(8)
INSTANCE_WORDS = 16
# units: I_UNITS rows of two words: unit number in the players' tables, offset of its record
# record: three words for each port (offset, first dimension, second dimension)
# I_IMAGE_AT: I_STATE_SIZE bytes, the states at rest, copied over the states at START

# engine's own words at the start of the small states (float64 or int64 as named), copied with everything else
(E_FRAME, E_REQUEST_TAIL, E_RESULT_HEAD, E_PENDING, E_NOISE) = range(5)
E_GRAPHS = 16                     # word index: MAX_GRAPHS rows of GRAPH_WORDS
MAX_GRAPHS = 64
(G_INSTANCE, G_PHASE, G_FADE_START, G_FADE_FRAMES, G_FADE_SHAPE, G_BAD, G_LAYER, G_SPARE) = range(8)
GRAPH_WORDS = 8
FREE, FADING_IN, PLAYING, FADING_OUT, WAITING = 0, 1, 2, 3, 4
E_PENDINGS = E_GRAPHS + MAX_GRAPHS * GRAPH_WORDS      # rows of a request waiting for its date
MAX_PENDING = 64
E_GUARD = E_PENDINGS + MAX_PENDING * ROW_WORDS        # the guard's states
E_WORDS = E_GUARD + 1024
LINEAR, EQUAL_POWER = 0, 1

# a stream: RING_STATE of its unit
STREAMS = 64
STREAM_WORDS = 16
(S_ACTIVE, S_WRITTEN, S_READ, S_FRAMES, S_RING_AT, S_RING_FRAMES, S_CHANNELS, S_LOOP, S_START, S_PATH_AT, S_PATH_BYTES,
 S_ENDED, S_GENERATION) = range(13)
# S_WRITTEN: frames put into the ring since the start, by the feeder. S_READ: frames taken, by the player, copied there from its
# states at each block's end. A frame n of the stream lies at n mod S_RING_FRAMES.

# the meters: for each output a row of four float64: peak since it was last read is not kept; peak of the last block,
# slowly falling peak, sum of squares since the start, blocks above the ceiling
METER_WORDS = 4


def at(word: int) -> int:
    """Byte offset of a header word."""
    return word * WORD
