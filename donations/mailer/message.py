"""A message before it is a letter: which one, to whom, in which language, with which facts.

Every fact in `context` is ready to be read: amounts, days and months are already in the reader's
language (`kernel.wording`).  All of them must be there, and None where a fact may be missing:

- `receipt`: receipt_number, paper_url (where it is had as a file), amount, frequency ("once",
  "monthly" or "annual"), given_on, next_on and cancel_url (None for a one-time gift), changes (by
  the word for it the address of each other thing to do with a membership), statement_line,
  contact
- `payment_pending`: amount, contact
- `payment_failed`: amount, retry_url, contact
- `membership_failed`, `membership_confirm`, `membership_last`, `membership_lapsed`,
  `card_expiring`, `card_expired`, `annual_notice` and `still_reading`, all of them: amount,
  frequency, why (the reason in English, for the template to translate), cure ("wait", "card",
  "confirm" or "stop"), next_on, since, expires_on (each None where there is none),
  expires_before (whether the card is over before the next payment), is_over (whether it is
  already), links (by the word for it the address of each thing to do), again_url, remind_url,
  no_more_url, contact
- `membership_changed`: action, done, amount, frequency, next_on, ends_on (each None where there is
  none), undo_url (None where there is no way back), contact
- `promo_ends`: amount (so far), then (from now on), frequency, next_on (the first day of it), links
  (by the word for it the address of each thing to do), contact
- `withdrawal`: receipt_number (None when no receipt was named), at (day and time), amount,
  frequency, contact
- `new_link`: url, contact
- `cancel_link`: given (of each: amount, frequency, url), contact
- `mailbox_old` and `mailbox_new`: url, contact
- `gift_membership`: tier, benefits, message (each lines), url, redeem_by, contact
- `gift_bought`: the same and send_on (None where the buyer hands it over)
- `gift_ending`: tier, ends_on, url, contact
- `seat_invitation`: tier, benefits, url, accept_by, contact
- `reminder`: month, asked_on, amount (None when none was chosen), frequency (as above, or None),
  follows ("nothing", "second" or "series"), every_months and next_on (None but for a series),
  give_url, again_url, cancel_url, never_url, contact
- `newsletter_confirm`: newsletter (its name, or the names of several), confirm_url, contact
- `newsletter_preferences`: newsletter (as above; None when only the link was asked for),
  preferences_url, contact
- `recovery`: amount, frequency, finish_url, no_url, last (whether it is the second), contact
- `sign_in`: url, minutes (how long the link lives), contact
- `books_alarm`, to staff: counts (pairs of a kind of difference and how many), office_url

`contact` is the newsroom's own address for questions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Stream(StrEnum):
    """Why a letter goes out.

    Asked was asked for this minute, such as a link to sign in; needed answers what the person did;
    the others they may refuse.
    """

    ASKED = "asked"
    NEEDED = "needed"
    WISHED = "wished"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person.

    `unsubscribe_url` is where one POST without a cookie ends it (RFC 8058); None for a message
    that answers something the person did.
    """

    template: str
    to: str = field(repr=False)
    language: str
    context: Mapping[str, object] = field(repr=False)
    unsubscribe_url: str | None = field(default=None, repr=False)
    stream: Stream = Stream.NEEDED
