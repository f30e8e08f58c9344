"""What a supporter agrees to when they declare Gift Aid, in their language.

The elements are those HMRC asks for: the charity, which gifts, that it is Gift Aid, that the giver
pays UK tax and makes good what they fall short of.  Source:
https://www.gov.uk/claim-gift-aid/gift-aid-declarations.  Change the version of the wording
(`declaring.WORDING_VERSION`) with the sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.receipts.tongue import speaker

if TYPE_CHECKING:
    from donations.receipts.issuer import ReceiptIssuer


def sentences(issuer: ReceiptIssuer, language: str, *, past: bool) -> tuple[str, ...]:
    """The declaration, sentence by sentence; with `past` it reaches back four years."""
    _ = speaker(language)
    told = {"charity": issuer.legal_name}
    future = _(
        "I want %(charity)s to claim Gift Aid on every gift I make from today on, until I say"
        " otherwise."
    )
    both = _(
        "I want %(charity)s to claim Gift Aid on every gift I made in the four years before today,"
        " and on every gift I make from today on, until I say otherwise."
    )
    return (
        (both if past else future) % told,
        _("I pay UK tax."),
        _(
            "I understand that if I pay less Income Tax and Capital Gains Tax in a tax year than"
            " the Gift Aid claimed on all my donations in that year, to whichever charity, it is"
            " my responsibility to pay the difference."
        ),
    )


def wording(issuer: ReceiptIssuer, language: str, *, past: bool) -> str:
    """The declaration as it is kept with who agreed to it."""
    return " ".join(sentences(issuer, language, past=past))
