"""Opening hours at work."""
