"""What the links of a reminder's letter are for.

Each token says a reminder's public name and is made by `Signer.sign_lasting`, so a letter sent
twice carries the same link, and read by `Signer.read_lasting`.
"""

from __future__ import annotations

from typing import Final

CANCELLING: Final = "reminder-cancel"
"""`/remind-me/cancel/<token>`: takes back every letter still owed to the same person."""

AGAIN: Final = "reminder-again"
"""`/remind-me/again/<token>`: another letter, to the same address."""

NEVER: Final = "reminder-never"
"""`/remind-me/never/<token>`: no reminder to this person ever again."""
