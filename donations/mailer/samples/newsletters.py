"""What newsletters write: please confirm, your choices."""

from __future__ import annotations

from typing import Final

from donations.mailer.samples.sample import SIGNED, Facts, Reader, Sample


def _confirm(reader: Reader) -> Facts:
    return {
        "newsletter": "The Week",
        "confirm_url": reader.link(f"/newsletter/confirm/{SIGNED}"),
    }


def _choices(reader: Reader, newsletter: str | None) -> Facts:
    return {
        "newsletter": newsletter,
        "preferences_url": reader.link(f"/newsletter/choices/{SIGNED}"),
    }


SAMPLES: Final = (
    Sample("newsletter-confirm", "newsletter_confirm", _confirm),
    Sample("newsletter-confirmed", "newsletter_preferences", lambda r: _choices(r, "The Week")),
    Sample("newsletter-link", "newsletter_preferences", lambda r: _choices(r, None)),
)
