"""Issues a receipt's paper: frozen when first asked for, the same to the byte ever after.

When the gift goes back, whole or in part, a further version is issued under the same number.  It
says what the first one said, and that it is void.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import select

from donations.giving.models import Receipt
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.receipts.facts import ReceiptFacts, State
from donations.receipts.gathering import facts_of, returns_of
from donations.receipts.models import ReceiptDocument
from donations.receipts.printing import TEMPLATE, can_set, digest, printed, settable
from donations.receipts.receipt_words import receipt_sheet
from donations.vault.sealed import open_data_key, open_operational, seal_operational

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.receipts.issuer import ReceiptIssuer
    from donations.vault.keys import MasterKey

PAPER: Final = "receipt_document.paper"
_log: Final = structlog.get_logger("donations.receipts")


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt as it was issued."""

    number: int
    version: int
    state: State
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Press:
    """Issues receipts for one issuer, dated by the clocks of `zone`."""

    master: MasterKey
    issuer: ReceiptIssuer
    zone: ZoneInfo

    def paper(self, session: Session, number: int, *, now: datetime) -> Paper:
        """The receipt as it stands now.  Commits if that was never issued.

        Raises `NotFound`, or `vault.sealed.Forgotten` once whoever gave was forgotten.
        """
        receipt, latest = _receipt(session, number), _latest(session, number)
        if latest is None or not self._still_says(latest, receipt):
            begin_write(session)
            receipt = _receipt(session, number, lock=True)
            latest = _latest(session, number)  # somebody may have been quicker
            if latest is None or not self._still_says(latest, receipt):
                latest = self._issue(session, receipt, latest, now)
            session.commit()
        return self._reprint(session, latest)

    def earlier(self, session: Session, number: int, version: int) -> Paper:
        """One version as it was issued.  Raises `NotFound` or `Forgotten`."""
        found = session.scalar(
            select(ReceiptDocument).where(
                ReceiptDocument.receipt_number == number, ReceiptDocument.version == version
            )
        )
        if found is None:
            raise NotFound
        return self._reprint(session, found)

    def _still_says(self, document: ReceiptDocument, receipt: Receipt) -> bool:
        back = sum(one.amount_minor for one in returns_of(receipt.gift, self.zone))
        return min(back, receipt.gift.amount_minor) == document.back_minor

    def _issue(
        self, session: Session, receipt: Receipt, before: ReceiptDocument | None, now: datetime
    ) -> ReceiptDocument:
        now = now.replace(microsecond=0)
        if before is None:
            facts = _settable(facts_of(session, self.master, self.issuer, receipt, self.zone))
        else:
            first = ReceiptFacts.model_validate(self._opened(session, before)["facts"])
            facts = first.model_copy(update={"returns": returns_of(receipt.gift, self.zone)})
        sheet = receipt_sheet(facts).plain()
        paper = {
            "facts": facts.model_dump(mode="json"),
            "sheet": sheet,
            "sha256": digest(printed(sheet, now)),
        }
        key_id = _key_of(receipt, before)
        document = ReceiptDocument(
            receipt_number=receipt.number,
            version=1 if before is None else before.version + 1,
            data_key_id=key_id,
            paper_sealed=self._sealed(session, key_id, json.dumps(paper, ensure_ascii=False)),
            template=TEMPLATE,
            state=facts.state.value,
            back_minor=facts.back.minor,
            issued_at=now,
        )
        session.add(document)
        session.flush()
        return document

    def _reprint(self, session: Session, document: ReceiptDocument) -> Paper:
        kept = self._opened(session, document)
        pdf = printed(kept["sheet"], document.issued_at, template=document.template)
        if digest(pdf) != kept["sha256"]:  # another compiler: the same words, other bytes
            _log.error("receipt differs from its first issue", receipt=document.receipt_number)
        return Paper(document.receipt_number, document.version, State(document.state), pdf)

    def _opened(self, session: Session, document: ReceiptDocument) -> dict[str, Any]:
        sealed = document.paper_sealed
        if document.data_key_id is None:
            text = open_operational(self.master, PAPER, sealed)
        else:
            text = open_data_key(session, self.master, document.data_key_id).open(PAPER, sealed)
        opened: dict[str, Any] = json.loads(text)
        return opened

    def _sealed(self, session: Session, key_id: int | None, text: str) -> bytes:
        if key_id is None:
            return seal_operational(self.master, PAPER, text)
        return open_data_key(session, self.master, key_id).seal(PAPER, text)


def versions(session: Session, number: int) -> tuple[Receipt, Sequence[ReceiptDocument]]:
    """A receipt and every version of its paper, oldest first.  Raises `NotFound`."""
    issued = session.scalars(
        select(ReceiptDocument)
        .where(ReceiptDocument.receipt_number == number)
        .order_by(ReceiptDocument.version)
    )
    return _receipt(session, number), issued.all()


def _receipt(session: Session, number: int, *, lock: bool = False) -> Receipt:
    found = session.get(Receipt, number, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound
    return found


def _latest(session: Session, number: int) -> ReceiptDocument | None:
    return session.scalar(
        select(ReceiptDocument)
        .where(ReceiptDocument.receipt_number == number)
        .order_by(ReceiptDocument.version.desc())
        .limit(1)
    )


def _key_of(receipt: Receipt, before: ReceiptDocument | None) -> int | None:
    if before is not None:
        return before.data_key_id
    supporter = receipt.gift.supporter
    return None if supporter is None else supporter.data_key_id


def _settable(facts: ReceiptFacts) -> ReceiptFacts:
    """The facts without a name no font can set: it would keep the paper from being read aloud."""
    donor = settable(facts.donor) if facts.donor else ""
    return facts.model_copy(update={"donor": donor if donor and can_set(donor) else None})
