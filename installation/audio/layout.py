"""Where things lie in the arena. Offsets are in bytes from its start; a word is 8 bytes, int64 unless said otherwise.

    header      words of control, then words of the player
    shared      rings, meters' settings, the committed copies, the finished blocks, streams
    workplace   the live states and all scratch; each player lays private memory over it, so that one which was stopped and wakes
                after its successor took over has nothing left to spoil. Its end (scratch, a graph's bus, from OWN_AT on) is each
                thread's own: a thread sees the arena at an address of its own, with private memory there
    heap        instances, recordings, delay lines

No word has two writers, but for EPOCH, which control alone changes and the player alone obeys, and COMMITTED, which players change
by compare-and-swap alone.
"""

from __future__ import annotations

MAGIC = 0x454E4E4F54_06  # "ENNOT", version 6
WORD = 8
FRAMES = 64  # a block, always
MOST_OUTPUTS = 64

# header: written by control
(
    MAGIC_W,
    SIZE,
    RATE,
    OUTPUTS,
    INPUTS,
    EPOCH,
    STATE_AT,
    STATE_SIZE,
    STATE_USED,
    COMMIT_AT,
    COMMIT_SIZE,
    BUS_AT,
    GRAPH_BUS_AT,
    INPUT_AT,
    SCRATCH_AT,
    SCRATCH_ROWS,
    REQUESTS_AT,
    HEAP_AT,
    HEAP_SIZE,
    STREAMS_AT,
    GUARD_AT,
    REQUEST_HEAD,
    RESULT_TAIL,
    MASTER_DB,
    MUTE,
    CONTROL_TICK,
    FADE_OUT,
    OUT_AT,
    OUT_SIZE,
    WORK_AT,
    WORK_SIZE,
    GAINS_AT,
    GUARD_LINE_AT,
    GUARD_LINE_FRAMES,
    LOOK_AT,
    APPLIED_AT,
    TIME_AT,
    TAP_AT,
    TAP_FRAMES,
    COSTS_AT,
    LANES_AT,
    LANE_BUS_AT,
    SENT_AT,
    SENT_ROWS,
    OWN_AT,
    OWN_SIZE,
) = range(46)
# MASTER_DB is float64 bits: dB that the guard glides to; -120 or less is silence. MUTE: 1 is muted. FADE_OUT: 1 asks the player to ramp to
# silence because the piece closes. CONTROL_TICK counts the control loop's ticks.
# TAP_FRAMES: whole blocks, 0 for none. Frame n of what leaves lies at row n mod TAP_FRAMES from TAP_AT, float32 (TAP_FRAMES, outputs).

# header: written by the player
(
    COMMITTED,
    BLOCKS,
    CALLBACKS,
    XRUNS,
    LONGEST_NS,
    LAST_NS,
    LONGEST_EVER_NS,
    CALLBACK_TID,
    CARD_FRAMES,
    DELIVERED,
    INSIDE,
    PLAYER_PID,
    IN_SILENCE,
    DIED_IN,
) = range(64, 78)
# COMMITTED: (blocks that have been copied whole) << 16 | (epoch & 0x3FFF) << 2 | which of the four copies is the last.
# INSIDE: 1 while a block is being rendered (so that a test can aim inside it). DELIVERED: frames handed to the card.
# LONGEST_NS: the longest block of this second or the one before. DIED_IN: 1 + the number of the thread that a signal ended, written by its
# handler where there are workers.

# header: written by each thread of the player: what it is rendering, a cache line (8 words) for each; the callback's thread is the first
MOST_THREADS = 16
THREAD_WORDS = 8
CURRENT_GRAPH, CURRENT_UNIT = 128, 129
# CURRENT_GRAPH: 0 while it is in no graph.

HEADER_WORDS = 256
HEADER_SIZE = HEADER_WORDS * WORD
COPIES = 4  # two for each of two players: of odd and of even epochs

# the request ring: control → player
RING_ROWS = 512
ROW_WORDS = 8  # kind, frame, a, b, c, d, id of the instance, (in the table of those that wait) order of asking
START, STOP, TRIGGER = 1, 2, 3
NOW = -1  # a date: the next block's first frame
# START   a: instance offset, b: fade frames, c: fade shape, d: layer number       begin a graph, from its initial states
# STOP    a: instance offset, b: fade frames, c: fade shape                        fade out, then retire (RETIRED)
# TRIGGER a: instance offset, b: offset of the trigger unit's state, c: float64 bits of its value
# A graph that must leave at once has I_BANNED set in its instance: no request needed, so none can be stuck before it.

# results: player → control, a ring within the small states, so that they are seen when, and only when, their block is complete
STARTED, RETIRED, WAS_LATE, BAD_SAMPLES, REFUSED = 1, 2, 3, 4, 5
RESULT_ROWS = 128
# kind, frame, a: instance offset, b: its I_ID, c: detail (BAD_SAMPLES: the unit's place or -1; WAS_LATE: frames too late;
# REFUSED: the place of the unit without code; RETIRED: 1 if it has fallen silent by itself). A voice's START has no result.

# an instance, written by control before START
(I_UNITS_AT, I_UNITS, I_STATE_AT, I_STATE_SIZE, I_IMAGE_AT, I_ID, I_BANNED, I_STREAMS_AT, I_STREAMS, I_ENDS_AFTER, I_SHIFT, I_TAIL_AT,
 I_ACCOUNT, I_EIGHT, I_LANE, I_PLACES_AT, I_SENDS, I_SENDS_AT) = range(18)
INSTANCE_WORDS = 24
UNIT_WORDS = 6
# units: I_UNITS rows: unit number in the players' tables, offset of its record, offset of its list of outputs, their number, bits of the
# lanes that it serves (-1 for all), and the instance that CURRENT_GRAPH names while it is called (0 is the one that plays)
# record: three words for each port (offset, first dimension, second dimension)
# list of outputs, to find out who made a bad sample: offset, number of values, bytes of one (4 or 8)
# I_IMAGE_AT: I_STATE_SIZE bytes, the states at rest, copied over the states at START
# streams: I_STREAMS rows of two words: offset of the stream's words, offset of its unit's state
# I_ENDS_AFTER: it retires by itself after so many silent blocks; 0 is never. Such an instance is a voice: its blocks begin I_SHIFT
# (0..63) frames after the engine's, so that a date inside a block is the first frame of its states; what its last block left over lies
# at I_TAIL_AT, float32 (2, outputs, 64), written in turns, so that rendering a block twice is harmless.
# I_ACCOUNT: which of the ACCOUNTS its time is added to; all that have one name share one.
# I_EIGHT: 0, or the number (from 1) of the eight voices that are rendered together, this one in the lane I_LANE (0..7). Their instances lie one after
# another, have one list of units, and each its own bus; the first of them in a block renders all that sound. I_PLACES_AT: 0, or for each word
# of the image where its live state lies: those of a unit that serves all lanes are interleaved.
MOST_EIGHTS = 32  # LANES_AT: two words for each: bits of the lanes that sound in this block, and the row of the first of them
# LANE_BUS_AT: float32 (MOST_EIGHTS, 8, outputs + MOST_SENT, 64)
# I_SENDS: rows of its bus, after the outputs, that it sends to its scene's sound: they are added to what lies at I_SENDS_AT, one of the rows from
# SENT_AT on. The first SENT_ROWS of these are cleared in each block; graphs that send are rendered before those that do not.
MOST_SENT = 8  # rows that one scene's voices send
ROWS_SENT = 64  # of all scenes

# engine's own words at the start of the small states (int64 or float64 as named), copied with everything else
(E_FRAME, E_REQUEST_TAIL, E_RESULT_HEAD, E_ASKED, E_NONFINITE, E_LATE, E_DROPPED_RESULTS, E_LIMITING, E_ROWS, E_WAITING) = range(10)
# E_LIMITING: blocks in which the limiter worked. E_DROPPED_RESULTS: results other than RETIRED for which there was no room.
# E_ROWS, E_WAITING: how many rows of the tables of graphs and of waiting requests may be in use; those beyond hold nothing, and are not
# copied.
MAX_GRAPHS = 256
(G_INSTANCE, G_PHASE, G_FADE_START, G_FADE_FRAMES, G_FADE_SHAPE, G_FROM, G_TO, G_LAYER, G_SILENT, G_LEVEL) = range(10)  # G_FROM, G_TO: float64
# G_SILENT: blocks below SILENCE in a row. G_LEVEL: bits of the highest magnitude as float32, falling 6 dB in 64 blocks.
GRAPH_WORDS = 10
FREE, PLAYING, FADING_OUT, RETIRING = 0, 1, 2, 3
MAX_PENDING = 256
E_RESULTS = 16  # word index: RESULT_ROWS rows of ROW_WORDS
E_METERS = E_RESULTS + RESULT_ROWS * ROW_WORDS  # rows of METER_WORDS float64, one for each output
METER_WORDS = 4  # peak of the last block, slowly falling peak, sum of squares since the start, blocks that come to what the limiter aims at
E_GUARD = E_METERS + MOST_OUTPUTS * METER_WORDS  # the guard's states, float64
GUARD_STATE = 512
E_PENDINGS = E_GUARD + GUARD_STATE  # MAX_PENDING rows of ROW_WORDS: requests waiting for their date
E_GRAPHS = E_PENDINGS + MAX_PENDING * ROW_WORDS  # MAX_GRAPHS rows of GRAPH_WORDS
E_HEARD = E_GRAPHS + MAX_GRAPHS * GRAPH_WORDS  # rows of HEARD_WORDS float64, one for each input, as dsp/heard.py has them
HEARD_WORDS = 12
E_WORDS = E_HEARD + MOST_OUTPUTS * HEARD_WORDS
LINEAR, EQUAL_POWER = 0, 1
SILENCE = 0x358637BD  # the bits of 1e-6 (-120 dB): a voice that stays below is silent
FALL = 0x20000  # what a level's bits lose in a block: 6 dB in 64 blocks
TRIGGERS = 8  # of one trigger unit in one block: its state is (how many, then frame and value of each)

# what the guard obeys, float64, written by control: these, then for each output its gain and its delay in frames
(GUARD_CEILING, GUARD_MUTE_FRAMES, GUARD_CLOSE_FRAMES, GUARD_RELEASE_FRAMES) = range(4)
GUARD_GAINS = 8
GUARD_DELAYS = GUARD_GAINS + MOST_OUTPUTS
GUARD_SETTINGS = GUARD_DELAYS + MOST_OUTPUTS

# a stream: RING_STATE of its unit
STREAMS = 64
STREAM_WORDS = 16
(S_ACTIVE, S_WRITTEN, S_READ, S_FRAMES, S_RING_AT, S_RING_FRAMES, S_CHANNELS, S_LOOP, S_START, S_PATH_AT, S_PATH_BYTES, S_ENDED, S_GENERATION, S_MISSED) = (
    range(14)
)
# S_WRITTEN: frames put into the ring since the start, by the feeder. S_READ, S_MISSED: frames taken and blocks that went without,
# by the player, copied there from its unit's states 0 and 1 at each block's end, so that what a block needs is there if it must be
# rendered again. A frame n of the stream lies at n mod S_RING_FRAMES.

# what time goes into, from COSTS_AT: two tables of COSTS_WORDS, for odd and for even epochs, so that a player which wakes after its
# successor took over could add at most to a table that nobody reads. Cleared by `restore`; never committed, so it neither survives nor spoils anything.
# C_SPENT: ns of all blocks. C_WORST: ns of the longest block in each of the last SPANS spans of a second. C_ACCOUNTS: ns of each account's
# graphs. C_UNITS: ns and calls of each unit number that were timed: one call a block, drawn by lot.
SPANS, ACCOUNTS, TIMED_UNITS = 8, 1024, 2048
(C_EPOCH, C_BLOCKS, C_SPENT) = range(3)
C_WORST = 8
C_ACCOUNTS = C_WORST + SPANS
C_UNITS = C_ACCOUNTS + ACCOUNTS
COSTS_WORDS = C_UNITS + 2 * TIMED_UNITS

# a player's own words, in its private memory; PortAudio hands their address to the callback
(U_BASE, U_TABLE, U_TABLE_SIZE, U_EPOCH, U_COMMITTED, U_LOT, U_CALLS, U_THREAD, U_THREADS, U_JOBS, U_SHARED) = range(11)
# U_LOT: the chance that says which call is timed. U_CALLS: how many there were in the last block. Each thread has words of its own: U_THREAD
# says which it is, 0 is the callback's; U_THREADS how many there are; U_JOBS where what they share lies, 0 where there is one; U_SHARED how many
# blocks they have shared.
USER_WORDS = 16
MOST_UNITS = 16_384  # unit numbers

# what the threads of a player share, in its private memory from U_JOBS; a cache line for each word that several write
J_CLAIM, J_BEGUN, J_LEAVE, J_FORMER, J_TIDS = 0, 8, 16, 24, 56
J_ORDER = J_TIDS + MOST_THREADS
J_ROWS = J_ORDER + MAX_GRAPHS
JOB_WORDS = 8
(K_DONE, K_TIMED, K_TOOK, K_MOST) = range(4)
J_BUSES = J_ROWS + MAX_GRAPHS * JOB_WORDS
# J_CLAIM: number of the shared block << 20 | how many jobs << 10 | how many are claimed. J_BEGUN: number of the shared block, on which
# idle workers sleep. J_LEAVE: 1 asks the workers to leave. J_FORMER: handlers, by the signal's number, that were there before ours.
# J_TIDS: the workers' numbers in the operating system. J_ORDER: the jobs, as rows of the table of graphs, in the order in which they are claimed.
# A job, at its row of the table of graphs: K_DONE the number of the block for which it is done, K_TIMED the place of the unit to be
# timed, K_TOOK ns, K_MOST its highest magnitude's bits. From J_BUSES on: each row's bus, float32 (outputs and what is sent, 64).

# what the engine's functions return
RENDERED, STALE = 0, 1


def at(word: int) -> int:
    """Byte offset of a header word."""
    return word * WORD
