"""The words for sound(), a family a file; `ug` gathers them.

    tones, noises, recordings, grains, inputs     what sounds
    filters, effects, dynamics, spaces, spectra   what changes a sound
    shapes, movements, decisions                  what moves it in time
    rooms, levels                                 where it goes, and how loud
    taken                                         what they all take: something that strikes, a sound of some width

A family lists its words in `__all__`; what each is worth is heard in the file of the same name in `examples/`.
"""
