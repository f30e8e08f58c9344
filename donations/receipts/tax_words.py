"""What a receipt says of taxes, by the regime of who issues it; the generic one says nothing.

United States: a single contribution of $250 or more needs a written acknowledgement that says
whether goods or services were given in return, with a good-faith estimate (26 U.S.C. 170(f)(8)); a
payment of more than $75 that is partly for something needs a disclosure of what may be deducted
(26 U.S.C. 6115).  Both are explained in IRS Publication 1771.  Where a gift is not in dollars both
are said whatever its size, since nothing is lost by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.kernel.wording import day_text
from donations.receipts.benefit_limits import within_limits
from donations.receipts.tongue import exact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.receipts.facts import ReceiptFacts
    from donations.receipts.tongue import Say

ACKNOWLEDGED_FROM: Final = 250_00
DISCLOSED_ABOVE: Final = 75_00
_DOLLAR, _POUND = "usd", "gbp"


def paragraphs(facts: ReceiptFacts, _: Say) -> Iterator[str]:
    """The sentences of a receipt that stands, in order."""
    match facts.issuer.regime:
        case "us_501c3":
            yield from _american(facts, _)
        case "uk_charity":
            yield from _british(facts, _)
        case _:
            yield _(
                "This receipt confirms a payment and nothing else. What it means for your taxes"
                " depends on where you pay them."
            )


def needs_acknowledgement(facts: ReceiptFacts) -> bool:
    """Whether it must be said if anything was given in return."""
    return facts.currency != _DOLLAR or facts.kept.minor >= ACKNOWLEDGED_FROM


def needs_disclosure(facts: ReceiptFacts) -> bool:
    """Whether it must be said how much may be deducted."""
    above = facts.currency != _DOLLAR or facts.kept.minor > DISCLOSED_ABOVE
    return facts.benefit_minor > 0 and above


def _american(facts: ReceiptFacts, _: Say) -> Iterator[str]:
    yield _("%(issuer)s is exempt from tax under section 501(c)(3) of the US tax code.") % {
        "issuer": facts.issuer.legal_name
    }
    if not facts.benefit_minor:
        if needs_acknowledgement(facts):
            yield _("No goods or services were provided in return for this contribution.")
        return
    if needs_acknowledgement(facts) or needs_disclosure(facts):
        yield _(
            "In return for this payment goods or services were provided: %(benefits)s. Our"
            " good-faith estimate of their value is %(value)s."
        ) % {"benefits": benefits_text(facts, _), "value": exact(facts.benefit, facts.language)}
    if needs_disclosure(facts):
        yield _(
            "For US federal income tax, what you may deduct is limited to what you paid beyond the"
            " value of the goods and services you were given: %(amount)s."
        ) % {"amount": exact(facts.given, facts.language)}


def _british(facts: ReceiptFacts, _: Say) -> Iterator[str]:
    if facts.currency != _POUND:
        return
    if not within_limits(facts.kept.minor, facts.benefit_minor, facts.frequency):
        yield _(
            "Because of the value of what was given in return, this payment does not qualify for"
            " Gift Aid."
        )
    elif facts.gift_aid_on is not None:
        yield _(
            "This payment is covered by the Gift Aid declaration you made on %(day)s. Keep this"
            " receipt if you complete a Self Assessment tax return."
        ) % {"day": day_text(facts.gift_aid_on, facts.language)}
    else:
        yield _(
            "If you pay UK tax, a Gift Aid declaration lets us reclaim 25p for every £1 you give,"
            " at no cost to you. You can make one in your account."
        )


def benefits_text(facts: ReceiptFacts, _: Say) -> str:
    """What members are given, in the issuer's words if they have any."""
    return facts.issuer.benefits or _("the benefits of a membership")
