"""Sensors and mappings at work."""
