"""How config.yaml is described. A record's fields are its keys; one declaration of a key serves reading, checking and docs.

    key.py       `key(sort, about, default)`: a field of a record that is also a key of config.yaml
    findings.py  where each thing stands, and what was found wrong
    sorts.py     the sorts of values: text, name, quantity, choice, list, table, record…
    files.py, network.py, shades.py, measure.py, chain.py    those of files, networks, lamps, numbers with their units, mappings
    page.py      docs/config.md
"""
