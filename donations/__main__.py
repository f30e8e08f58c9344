"""`python -m donations` is the `donations` command."""

from __future__ import annotations

from donations.cli import main

if __name__ == "__main__":
    main()
