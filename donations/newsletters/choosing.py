"""What a reader chose, and choosing anew, by whoever has proved that the mailbox is theirs.

By a link that was in that mailbox, or signed in by one: so a box ticked here counts at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.kernel.database import begin_write
from donations.newsletters.changes import note_change
from donations.newsletters.leaving import end
from donations.newsletters.subscribing import (
    EMAIL_COLUMN,
    Request,
    all_of_reader,
    fill,
    find_subscription,
    new_subscription,
)
from donations.vault.keys import normalised_email
from donations.vault.sealed import open_data_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.newsletters.models import Subscription
    from donations.vault.keys import MasterKey

PLACEMENT: Final = "preferences"
ACCOUNT: Final = "account"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a reader stands: `held` and `asked` by slug, confirmed and waiting for it.

    With nothing held the address is forgotten, and to begin again it must be given again.
    """

    held: frozenset[str]
    asked: frozenset[str]
    language: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader ticked, the language they want it in, and the sentence they agreed to."""

    newsletters: tuple[str, ...]
    language: str
    consent: str


def choice(session: Session, public_id: str) -> Choice:
    """How the reader of that subscription stands now.  Raises `NotFound`."""
    anchor = find_subscription(session, public_id)
    return choice_of_mailbox(session, anchor.email_index, anchor.language)


def choice_of_mailbox(session: Session, email_index: bytes, language: str) -> Choice:
    """How a mailbox stands now; `language` is said of one that holds nothing."""
    rows = all_of_reader(session, email_index)
    held = [row for row in rows if row.state == "confirmed"]
    return Choice(
        held=frozenset(row.newsletter for row in held),
        asked=frozenset(row.newsletter for row in rows if row.state == "pending"),
        language=held[0].language if held else language,
    )


def choose(
    session: Session, master: MasterKey, public_id: str, wanted: Wanted, *, now: datetime
) -> Choice:
    """Make the reader's newsletters those that were ticked, and commit; how they stand then.

    What is not ticked is left and forgotten.  Nothing is begun for a reader who holds nothing: they
    are forgotten already.  Raises `NotFound`.
    """
    begin_write(session)
    anchor = find_subscription(session, public_id)
    rows = all_of_reader(session, anchor.email_index, to_change=True)
    held = _held(rows)
    if held:
        envelope = open_data_key(session, master, held[0].data_key_id)
        email = envelope.open(EMAIL_COLUMN, held[0].email_sealed)
        _begin(session, master, rows, email, wanted, PLACEMENT, now)
    _keep(session, held, wanted, now)
    session.commit()
    return choice(session, public_id)


def choose_for_mailbox(
    session: Session, master: MasterKey, email: str, wanted: Wanted, *, now: datetime
) -> Choice:
    """Make a mailbox's newsletters those that were ticked in its owner's account, and commit.

    What is not ticked is left and forgotten; what is ticked begins, whether or not anything was
    held before.
    """
    begin_write(session)
    index = master.index("email", normalised_email(email))
    rows = all_of_reader(session, index, to_change=True)
    held = _held(rows)
    _begin(session, master, rows, email, wanted, ACCOUNT, now)
    _keep(session, held, wanted, now)
    session.commit()
    return choice_of_mailbox(session, index, wanted.language)


def _held(rows: Sequence[Subscription]) -> list[Subscription]:
    return [row for row in rows if row.state == "confirmed"]


def _keep(session: Session, held: Sequence[Subscription], wanted: Wanted, now: datetime) -> None:
    for row in held:
        if row.newsletter not in wanted.newsletters:
            end(session, row, now)
        elif row.language != wanted.language:
            row.language = wanted.language
            note_change(session, row, now)


def _begin(
    session: Session,
    master: MasterKey,
    rows: Sequence[Subscription],
    email: str,
    wanted: Wanted,
    placement: str,
    now: datetime,
) -> None:
    index = master.index("email", normalised_email(email))
    known = {row.newsletter: row for row in rows}
    for slug in wanted.newsletters:
        row = known.get(slug) or new_subscription(slug, index)
        if row.state == "confirmed":
            continue
        request = Request((slug,), email, wanted.language, wanted.consent, placement)
        fill(session, master, row, request, now)
        row.state = "confirmed"
        row.confirmed_at = now
        note_change(session, row, now)
