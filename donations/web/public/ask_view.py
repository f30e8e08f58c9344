"""The ask as its template shows it: frequencies, amounts, and the words on the button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from donations.kernel.cadence import Frequency
from donations.web.public.frame import page_url
from donations.web.public.frequency_view import FrequencyView, frequency_view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from donations.tiers.models import Tier
    from donations.web.house import House
    from donations.web.public.fund_choice import FundView
    from donations.web.public.selection import FieldError, Selection

UNFINISHED_FIELD: Final = "unfinished-email"


@dataclass(frozen=True, slots=True)
class UnfinishedView:
    """The offer to write to a reader who does not finish: never ticked by us."""

    ticked: bool
    email: str
    error: str | None


@dataclass(frozen=True, slots=True)
class CurrencyView:
    """A currency one can give in."""

    code: str
    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class MethodView:
    """A payment method that is really enabled."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class AskView:
    """The whole form."""

    action: str
    currency: str
    currencies: tuple[CurrencyView, ...]
    frequencies: tuple[FrequencyView, ...]
    methods: tuple[MethodView, ...]
    attempt: str
    placement: str
    fund: FundView | None
    promo_over: bool
    unfinished: UnfinishedView
    errors: tuple[FieldError, ...]
    hidden: Mapping[str, str]


def ask_view(
    parts: House,
    language: str,
    currency: str,
    selection: Selection,
    *,
    page: str,
    tiers: Sequence[Tier] = (),
    error: FieldError | None = None,
) -> AskView:
    """The form in a language and currency; `page` is where the currency links lead.

    `tiers` are those offered.
    """
    carried = carried_fields(selection)
    return AskView(
        action=page_url("checkout"),
        currency=currency,
        currencies=_currencies(parts, currency, page, carried),
        frequencies=tuple(
            frequency_view(
                parts.price_list.ask(currency, each),
                each,
                language,
                currency,
                selection,
                tiers,
                error,
            )
            for each in Frequency
        ),
        methods=tuple(MethodView(key, method_label(key)) for key in parts.newsroom.methods),
        attempt=selection.attempt,
        placement=selection.placement,
        fund=selection.fund,
        promo_over=selection.promo_over,
        unfinished=UnfinishedView(
            selection.unfinished,
            selection.unfinished_email,
            error.message if error and error.field == UNFINISHED_FIELD else None,
        ),
        errors=(error,) if error else (),
        hidden=carried,
    )


def carried_fields(selection: Selection) -> dict[str, str]:
    """What goes along unseen from the appeal to the payment page: purpose, promo, reminder."""
    fund = {"fund": selection.fund.code} if selection.fund else {}
    promo = {"promo": selection.promo.code} if selection.promo else {}
    return fund | promo | ({"reminder": selection.reminder} if selection.reminder else {})


def method_label(key: str) -> str:
    """A payment method's name."""
    names = {
        "card": _("Card"),
        "apple_pay": "Apple Pay",
        "google_pay": "Google Pay",
        "link": "Link",
        "paypal": "PayPal",
        "sepa_debit": _("SEPA Direct Debit"),
        "bancontact": "Bancontact",
    }
    return names[key]


def _currencies(
    parts: House, current: str, page: str, carried: Mapping[str, str]
) -> tuple[CurrencyView, ...]:
    first = parts.newsroom.currencies[0]
    return tuple(
        CurrencyView(
            code,
            code.upper(),
            page_url(page, currency="" if code == first else code, **carried) + "#give",
            code == current,
        )
        for code in parts.newsroom.currencies
    )
