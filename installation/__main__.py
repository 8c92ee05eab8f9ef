"""`python -m installation` is the `installation` command."""
from __future__ import annotations

import sys

try:
    from .cli import main

    code = main()
except KeyboardInterrupt:      # before the command had a way of its own to end
    exec("")      # as in cli.main
    code = 130
sys.exit(code)
