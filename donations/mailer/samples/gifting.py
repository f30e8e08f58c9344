"""Gift memberships and invitations to the seats of a group."""

from __future__ import annotations

from datetime import date
from typing import Final

from donations.mailer.samples.sample import NEXT, Facts, Reader, Sample

_TOKEN: Final = "q7Zs0pTt0sVw3HnZkQq7Zs0pTt0sVw3H"  # noqa: S105 - opens nothing
_A_YEAR_ON: Final = date(2027, 11, 24)
_BENEFITS: Final = ("Every article without asking", "A letter from the editor each month")


def _gift(reader: Reader, **changes: object) -> Facts:
    return {
        "tier": "Friend",
        "benefits": _BENEFITS,
        "message": ("Happy birthday!", "", "Yours, Vera"),
        "url": reader.link(f"/support/gift/redeem/{_TOKEN}"),
        "redeem_by": reader.day(_A_YEAR_ON),
        **changes,
    }


def _bought(reader: Reader, **changes: object) -> Facts:
    return {**_gift(reader), "send_on": reader.day(NEXT), **changes}


def _ending(reader: Reader) -> Facts:
    return {
        "tier": "Friend",
        "ends_on": reader.day(NEXT),
        "url": reader.link("/support?frequency=annual&currency=usd&amount=10000"),
    }


def _seat(reader: Reader) -> Facts:
    return {
        "tier": "Friend",
        "benefits": _BENEFITS,
        "url": reader.link(f"/support/seat/{_TOKEN}"),
        "accept_by": reader.day(NEXT),
    }


SAMPLES: Final = (
    Sample("gift-membership", "gift_membership", _gift),
    Sample(
        "gift-membership-wordless",
        "gift_membership",
        lambda reader: _gift(reader, message=(), benefits=()),
    ),
    Sample("gift-bought", "gift_bought", _bought),
    Sample("gift-bought-by-hand", "gift_bought", lambda reader: _bought(reader, send_on=None)),
    Sample("gift-ending", "gift_ending", _ending),
    Sample("seat-invitation", "seat_invitation", _seat),
)
