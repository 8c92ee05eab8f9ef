"""What things are called: faults, words in two languages, quantities, declarations, readings. Standard library only.

    words.py        a sentence in English and French
    fault.py        Fault, and Faults: several at once
    quantity.py     units, and reading "50 cm" or "-6 dB"
    declaration.py  the one record behind every value a person may see or move
    reading.py      what a sensor said: value, unit, time, freshness
    address.py      what an OSC address may look like
"""
