"""A piece is tried for hours, with faults that are drawn by lot."""
