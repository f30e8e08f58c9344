"""What stands on a receipt, in the language of whoever gave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.kernel.money import Money
from donations.kernel.wording import day_text
from donations.receipts import tax_words
from donations.receipts.facts import State
from donations.receipts.sheet import Sheet, notice, table, text
from donations.receipts.tongue import exact, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.receipts.facts import ReceiptFacts, Return
    from donations.receipts.issuer import ReceiptIssuer
    from donations.receipts.sheet import Block
    from donations.receipts.tongue import Say

_LETTER: Final = "us-letter"
_A4: Final = "a4"


def receipt_sheet(facts: ReceiptFacts) -> Sheet:
    """The receipt's paper."""
    _ = speaker(facts.language)
    return Sheet(
        title=_title(facts, _),
        author=facts.issuer.legal_name,
        language=facts.language,
        size=paper_size(facts.issuer),
        stamp=_("VOID") if facts.state is State.VOID else "",
        head=issuer_lines(facts.issuer, _),
        blocks=tuple(_blocks(facts, _)),
        foot=_("Receipt %(number)s") % {"number": facts.number},
    )


def issuer_lines(issuer: ReceiptIssuer, _: Say) -> tuple[str, ...]:
    """Who issues, as it stands at the top of every paper."""
    lines = [issuer.legal_name, *issuer.address]
    if issuer.registration:
        uk = issuer.regime == "uk_charity"
        words = _("Charity number: %(number)s") if uk else _("Registration number: %(number)s")
        lines.append(words % {"number": issuer.registration})
    if issuer.tax_number:
        us = issuer.regime == "us_501c3"
        words = _("EIN: %(number)s") if us else _("Tax number: %(number)s")
        lines.append(words % {"number": issuer.tax_number})
    return tuple(lines)


def paper_size(issuer: ReceiptIssuer) -> str:
    """The paper people have where the issuer is."""
    return _LETTER if issuer.regime == "us_501c3" else _A4


def frequency_text(frequency: str, _: Say) -> str:
    """How often is given."""
    words = {
        "once": _("One-time gift"),
        "monthly": _("Monthly payment"),
        "annual": _("Annual payment"),
    }
    return words[frequency]


def _title(facts: ReceiptFacts, _: Say) -> str:
    words = {
        State.ISSUED: _("Receipt %(number)s"),
        State.REDUCED: _("Receipt %(number)s, void in part"),
        State.VOID: _("Receipt %(number)s, void"),
    }
    return words[facts.state] % {"number": facts.number}


def _blocks(facts: ReceiptFacts, _: Say) -> Iterator[Block]:
    if facts.state is State.VOID:
        yield notice(
            _("This receipt is void: the whole amount went back. It acknowledges no gift.")
        )
    elif facts.state is State.REDUCED:
        words = _("This receipt is void in part: %(back)s went back. It stands for %(kept)s.")
        yield notice(words % _amounts(facts))
    yield table((_("What"), _("Details")), tuple(_rows(facts, _)))
    if facts.state is not State.VOID:
        for paragraph in tax_words.paragraphs(facts, _):
            yield text(paragraph)


def _rows(facts: ReceiptFacts, _: Say) -> Iterator[tuple[str, str]]:
    language = facts.language
    if facts.donor:
        yield _("Received from"), facts.donor
    yield _("Amount"), exact(facts.amount, language)
    yield _("Received on"), day_text(facts.received_on, language)
    yield _("Kind"), frequency_text(facts.frequency, _)
    yield _("Paid by"), _method(facts.method, _)
    if facts.fund:
        yield _("Given for"), facts.fund
    if facts.benefit_minor:
        yield _("Value of what was given in return"), exact(facts.benefit, language)
    for one in facts.returns:
        yield _returned(facts, one, _)
    if facts.returns:
        yield _("What stayed with us"), exact(facts.kept, language)
    yield _("Receipt number"), str(facts.number)
    yield _("Receipt issued on"), day_text(facts.issued_on, language)


def _returned(facts: ReceiptFacts, one: Return, _: Say) -> tuple[str, str]:
    money = exact(Money(one.amount_minor, facts.currency), facts.language)
    told = {"amount": money, "day": day_text(one.on, facts.language)}
    if one.reason == "refund":
        return _("Refunded"), _("%(amount)s on %(day)s") % told
    return _("Taken back by the bank"), _("%(amount)s, asked for on %(day)s") % told


def _amounts(facts: ReceiptFacts) -> dict[str, str]:
    return {
        "back": exact(facts.back, facts.language),
        "kept": exact(facts.kept, facts.language),
    }


def _method(method: str, _: Say) -> str:
    words = {
        "card": _("Card"),
        "apple_pay": "Apple Pay",
        "google_pay": "Google Pay",
        "link": "Link",
        "paypal": "PayPal",
        "sepa_debit": _("SEPA direct debit"),
        "bancontact": "Bancontact",
        "cheque": _("Cheque"),
        "bank_transfer": _("Bank transfer"),
        "cash": _("Cash"),
    }
    return words.get(method, method.replace("_", " "))
