"""`python -m donations.sandbox`: the sandbox as a program."""

from __future__ import annotations

from donations.sandbox.program import sandbox

if __name__ == "__main__":
    sandbox(prog_name="python -m donations.sandbox")
