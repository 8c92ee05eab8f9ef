"""The sound at work: players, one sounding and one standing by; cards that come and go; what it costs."""
