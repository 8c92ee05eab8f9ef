"""The commands of `installation` that end by themselves, and what they share."""
