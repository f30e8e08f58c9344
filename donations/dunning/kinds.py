"""The kinds of notices; each is also the name of its job and of its letter."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Why a member is written to unasked."""

    FAILED = "membership_failed"
    CONFIRM = "membership_confirm"
    LAST = "membership_last"
    LAPSED = "membership_lapsed"
    CARD_EXPIRING = "card_expiring"
    CARD_EXPIRED = "card_expired"
    ANNUAL = "annual_notice"
    STILL_READING = "still_reading"
