"""What members are told unasked: failed payments, cards, the year."""

from __future__ import annotations

from typing import Final

from donations.mailer.samples.sample import NEXT, SIGNED, Facts, Reader, Sample

_ACTIONS: Final = ("pay", "card", "amount", "frequency", "move", "pause", "cancel")
_FUNDS: Final = "Your bank said that there was not enough money on the account. No money was taken."
_EXPIRED: Final = "The card has expired. No money was taken."
_STOPPED: Final = "Your bank said that you asked it to stop these payments. No money was taken."
_CONFIRM: Final = (
    "Your bank wants you to confirm the payment yourself. No money has been taken yet."
)


def _facts(reader: Reader, **changes: object) -> Facts:
    return {
        "amount": reader.amount(),
        "frequency": "monthly",
        "why": None,
        "cure": None,
        "next_on": reader.day(NEXT),
        "since": reader.day(),
        "expires_on": None,
        "expires_before": False,
        "is_over": False,
        "links": {action: reader.link(f"/support/act/{action}/{SIGNED}") for action in _ACTIONS},
        "again_url": reader.link("/support"),
        "remind_url": reader.link("/remind-me?stage=winback&placement=lapse"),
        "no_more_url": reader.link(f"/support/no-yearly-note/{SIGNED}"),
        **changes,
    }


def _failed(reader: Reader, why: str, cure: str) -> Facts:
    return _facts(reader, why=why, cure=cure)


def _card(reader: Reader) -> Facts:
    return _facts(reader, expires_on=reader.day())


SAMPLES: Final = (
    Sample("membership-failed", "membership_failed", lambda r: _failed(r, _FUNDS, "wait")),
    Sample("membership-failed-card", "membership_failed", lambda r: _failed(r, _EXPIRED, "card")),
    Sample(
        "membership-failed-stopped", "membership_failed", lambda r: _failed(r, _STOPPED, "stop")
    ),
    Sample("membership-confirm", "membership_confirm", lambda r: _failed(r, _CONFIRM, "confirm")),
    Sample("membership-last", "membership_last", lambda r: _failed(r, _FUNDS, "wait")),
    Sample("membership-lapsed", "membership_lapsed", _facts),
    Sample("card-expiring", "card_expiring", _card),
    Sample("card-expired", "card_expired", _card),
    Sample(
        "annual-notice",
        "annual_notice",
        lambda r: _facts(r, expires_on=r.day(), expires_before=True, frequency="annual"),
    ),
    Sample("still-reading", "still_reading", _facts),
)
