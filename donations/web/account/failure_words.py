"""Why a payment failed, in a sentence that says whether money moved."""

from __future__ import annotations

from flask_babel import gettext as _

from donations.dunning.declines import sentence_of


def failure_sentence(code: str | None) -> str:
    """Why the last payment did not go through, in the reader's language."""
    return f"{_('The last payment did not go through.')} {_(sentence_of(code))}"
