"""The house at work: opens, supervises, crossfades, records, closes.

    live, rehearsal, rendering   a piece in the room; on the virtual clock; that in a process of its own
    house                        everything of a piece, opened and closed together
    sound/ lamps/ parts/ senses/ reach/ memory/ telling/ commands/     its rooms
    notices, places, clock, aside, stopping, lookout, progress, said, whole     what they share
"""
