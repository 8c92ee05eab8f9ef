"""A real-time engine for interactive sound installations."""
