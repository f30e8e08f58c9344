"""What a line's text may quote of ours: a payout's trace id at the banks, or its id at Stripe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from donations.payouts.models import Payout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

_WORD: Final = re.compile(r"[A-Za-z0-9_]{6,80}")
_DIGITS: Final = re.compile(r"[0-9]{6,80}")
_AT_ONCE: Final = 400


def references_in(session: Session, texts: Iterable[str]) -> dict[str, str]:
    """For each text that quotes one payout: its reference, which names no reader.

    A text that quotes two different payouts has none.
    """
    words = {text: set(_WORD.findall(text)) | set(_DIGITS.findall(text)) for text in texts}
    known = _payouts_of(session, sorted(set().union(*words.values())))
    found: dict[str, str] = {}
    for text, said in words.items():
        quoted = {known[word]: word for word in sorted(said) if word in known}
        if len(quoted) == 1:
            found[text] = next(iter(quoted.values()))
    return found


def _payouts_of(session: Session, words: Sequence[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for begin in range(0, len(words), _AT_ONCE):
        some = words[begin : begin + _AT_ONCE]
        rows = session.execute(
            select(Payout.id, Payout.stripe_id, Payout.trace_id).where(
                or_(Payout.trace_id.in_(some), Payout.stripe_id.in_(some))
            )
        )
        for payout_id, stripe_id, trace_id in rows:
            known.update({word: payout_id for word in (stripe_id, trace_id) if word in set(some)})
    return known
