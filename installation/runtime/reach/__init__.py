"""Through what the piece is reached: OSC, the page, OSCQuery, MIDI controllers; opened late, closed together."""
