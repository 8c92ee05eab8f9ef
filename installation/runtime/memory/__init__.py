"""What is remembered: tuned values, presets, undo, and what is written into config.yaml."""
