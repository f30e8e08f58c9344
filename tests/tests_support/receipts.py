"""Gifts as rows, with their receipts; and a PDF as a screen reader meets it."""

from __future__ import annotations

import io
from itertools import count

import pypdf

from donations.giving.fund_models import Benefit
from donations.giving.models import Dispute, Gift, Refund
from donations.giving.receipts import issue_receipt
from donations.kernel.database import begin_write
from donations.kernel.ids import public_id
from donations.receipts.issuer import ReceiptIssuer
from donations.supporters.directory import recognise

US = ReceiptIssuer(
    regime="us_501c3",
    legal_name="Free Press Foundation",
    address=("1 Main Street", "Springfield, IL 62701"),
    tax_number="12-3456789",
)
UK = ReceiptIssuer(regime="uk_charity", legal_name="Free Press Trust", registration="1234567")
PLAIN = ReceiptIssuer(legal_name="The Moscow Times")
_numbers = count(1)


class Giving:
    """Writes down supporters, gifts and what became of them."""

    def __init__(self, session, master):
        self.session = session
        self.master = master

    def supporter(self, name="Vera Reader", email="vera@reader.example", language="en", *, at):
        begin_write(self.session)
        found = recognise(
            self.session,
            self.master,
            email=email,
            name=name,
            customer=None,
            language=language,
            now=at,
        )
        self.session.commit()
        return found

    def gift(self, supporter, minor=5000, currency="usd", frequency="once", *, at, **more):
        begin_write(self.session)
        number = next(_numbers)
        gift = Gift(
            public_id=public_id(),
            supporter_id=None if supporter is None else supporter.id,
            frequency=frequency,
            amount_minor=minor,
            currency=currency,
            language="en",
            payment_sealed=b"x",
            payment_index=number.to_bytes(32),
            received_at=at,
            **{"method": "card", **more},
        )
        self.session.add(gift)
        self.session.flush()
        receipt = issue_receipt(self.session, gift, now=at)
        self.session.commit()
        return receipt

    def refund(self, receipt, minor, state="succeeded", *, at):
        row = Refund(state=state, **self._back(receipt, "refund", minor, at))
        return self._kept(row)

    def dispute(self, receipt, minor, state="lost", *, at):
        row = Dispute(state=state, reason="fraudulent", **self._back(receipt, "dispute", minor, at))
        return self._kept(row)

    def benefit(self, minor, currency="usd", frequency="annual", *, from_on, at):
        row = Benefit(
            frequency=frequency,
            currency=currency,
            amount_minor=minor,
            from_on=from_on,
            set_by="olga",
            set_at=at,
        )
        return self._kept(row)

    def _back(self, receipt, kind, minor, at):
        return {
            "gift_id": receipt.gift_id,
            f"{kind}_sealed": b"x",
            f"{kind}_index": next(_numbers).to_bytes(32),
            "amount_minor": minor,
            "currency": receipt.gift.currency,
            "created_at": at,
            "synced_at": at,
        }

    def _kept(self, row):
        begin_write(self.session)
        self.session.add(row)
        self.session.commit()
        return row


def words(pdf):
    """All text of a PDF in reading order, in one line."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def tags(pdf):
    """The kinds of every element of the structure tree, in order, heads of columns with scope."""
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]
    return list(_walked(root))


def _walked(element):
    if "/S" in element:
        yield element["/S"].removeprefix("/") + _scope(element)
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        found = child.get_object()
        if isinstance(found, dict) and "/S" in found:
            yield from _walked(found)


def _scope(element):
    given = element["/A"] if "/A" in element else []  # noqa: SIM401 - get() follows no reference
    for one in given if isinstance(given, list) else [given]:
        found = one.get_object()
        if isinstance(found, dict) and "/Scope" in found:
            return f"@{found['/Scope'].removeprefix('/')}"
    return ""
