"""What is written to staff."""

from __future__ import annotations

from typing import Final

from donations.mailer.samples.sample import Facts, Reader, Sample


def _books(reader: Reader) -> Facts:
    return {
        "counts": (("in_stripe_not_here", 2), ("balance_differs", 1)),
        "office_url": f"{reader.base_url}/office/exceptions",
    }


SAMPLES: Final = (Sample("books-alarm", "books_alarm", _books),)
