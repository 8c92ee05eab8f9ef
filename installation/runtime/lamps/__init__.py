"""The lamps at work: the process that sends light, and rehearsed light."""
