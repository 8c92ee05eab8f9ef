"""What the piece tells of itself to those who are elsewhere: figures for Prometheus, a heartbeat, messages."""
