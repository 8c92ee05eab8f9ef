"""What plays: scenes built, made ready, entering and leaving; their voices, dates and hands on parameters."""
