"""What is held of a person beside their own row: other mailboxes, gifts told by other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, or_, select, update

from donations.adoption import likeness
from donations.adoption.models import ImportRow, PastGift, ToldApart
from donations.dossiers.merge_models import Merge
from donations.dossiers.plain import amount_of, plain
from donations.supporters.alias_models import SupporterAlias
from donations.supporters.aliases import ALIAS_EMAIL, ALIAS_NAME, aliases_of
from donations.vault.sealed import open_data_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.supporters.models import Supporter
    from donations.vault.keys import MasterKey

_PAST: Final = ("source", "frequency", "sums", "given_at", "added_at")


def told_elsewhere(session: Session, master: MasterKey, supporter: Supporter) -> dict[str, Any]:
    """For the export.  Raises `vault.sealed.Forgotten`."""
    envelope = open_data_key(session, master, supporter.data_key_id)
    past = select(PastGift).where(PastGift.supporter_id == supporter.id).order_by(PastGift.id)
    merges = select(Merge).where(Merge.kept_id == supporter.id).order_by(Merge.id)
    return {
        "other_mailboxes": [
            {
                "email": envelope.open(ALIAS_EMAIL, one.email_sealed),
                "name": one.name_sealed and envelope.open(ALIAS_NAME, one.name_sealed),
                **plain(one, ("source", "since")),
            }
            for one in aliases_of(session, supporter.id)
        ],
        "gifts_told_by_other_programs": [
            {**amount_of(one), **plain(one, _PAST)} for one in session.scalars(past)
        ],
        "joined_with": [
            plain(one, ("gone", "gone_since", "at")) for one in session.scalars(merges)
        ],
    }


def forget_elsewhere(session: Session, supporter_id: int) -> None:
    """Delete by what this person would be found or known again; the caller commits.

    Lines of a file that may be theirs are dropped undecided.
    """
    likeness.drop(session, [supporter_id])
    either = or_(ToldApart.one_id == supporter_id, ToldApart.other_id == supporter_id)
    gone = {"original_sealed": None, "person": None}
    theirs = ImportRow.supporter_id == supporter_id
    may_be = (ImportRow.likely_id == supporter_id, ImportRow.outcome == "awaits")
    left = {**gone, "outcome": "skipped", "reason": "forgotten", "likely_id": None}
    for statement in (
        delete(SupporterAlias).where(SupporterAlias.supporter_id == supporter_id),
        delete(ToldApart).where(either),
        update(ImportRow).where(theirs).values(gone),
        update(ImportRow).where(*may_be).values(left),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
