"""The care of a piece that nobody minds: proof that it sounds, and the steps of healing."""
