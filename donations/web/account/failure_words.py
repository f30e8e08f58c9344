"""Why a payment failed, in a sentence that says whether money moved."""

from __future__ import annotations

from flask_babel import gettext as _


def failure_sentence(code: str | None) -> str:
    """Why the last payment did not go through; no money moved when one failed."""
    del code
    return _("The last payment did not go through, and no money was taken.")
