"""What the room does, told: the plan, health, the status line."""
