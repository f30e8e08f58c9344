"""The ask as its template shows it: frequencies, amounts, and the words on the button."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.kernel.wording import money_text
from donations.web.public.ask_words import give_label
from donations.web.public.frame import page_url
from donations.web.public.promo_view import CHOICE, PromoView
from donations.web.public.tier_view import TierChoice, tier_choices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from donations.giving.price_list import Ask
    from donations.tiers.models import Tier
    from donations.web.house import House
    from donations.web.public.fund_choice import FundView

UNFINISHED_FIELD: Final = "unfinished-email"
MOST_CHOICES: Final = 8
"""How many choices the style sheet knows the words of the button for."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen on the form, as sent or as prefilled by a link; empty means the suggestion."""

    frequency: Frequency = Frequency.MONTHLY
    chosen: Mapping[Frequency, str] = field(default_factory=dict)
    typed: Mapping[Frequency, str] = field(default_factory=dict)
    attempt: str = ""
    placement: str = "support"
    fund: FundView | None = None
    promo: PromoView | None = None
    promo_over: bool = False
    unfinished: bool = False
    unfinished_email: str = ""
    reminder: str = ""


@dataclass(frozen=True, slots=True)
class UnfinishedView:
    """The offer to write to a reader who does not finish: never ticked by us."""

    ticked: bool
    email: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A suggested amount; `number` ties it to its words on the button."""

    number: int
    value: str
    label: str
    checked: bool
    give_label: str


@dataclass(frozen=True, slots=True)
class FrequencyView:
    """One frequency with its own amounts."""

    value: str
    label: str
    checked: bool
    promo: PromoView | None
    promo_checked: bool
    tiers: tuple[TierChoice, ...]
    choices: tuple[Choice, ...]
    other_value: str
    other_checked: bool
    minimum_label: str
    maximum_label: str
    error: str | None
    give_label: str
    give_template: str


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
class FieldError:
    """A message and the field it belongs to, for the summary on top."""

    field: str
    message: str


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
            _frequency(
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


def _frequency(
    ask: Ask,
    frequency: Frequency,
    language: str,
    currency: str,
    selection: Selection,
    tiers: Sequence[Tier],
    error: FieldError | None,
) -> FrequencyView:
    def text(minor: int) -> str:
        return money_text(Money(minor, currency), language)

    chosen = selection.chosen.get(frequency) or str(ask.default)
    promo = selection.promo
    if promo is not None and (promo.frequency, promo.first.currency) != (frequency, currency):
        promo = None
    named = tier_choices(
        tiers, frequency, currency, language, chosen=chosen, after=1 if promo else 0
    )
    before = len(named) + (1 if promo else 0)
    plain = _plain(ask, {one.value for one in named}, MOST_CHOICES - before)
    known = {*plain, *(one.value for one in named), *((CHOICE,) if promo else ())}
    mine = error is not None and error.field == f"other-{frequency}"
    return FrequencyView(
        value=frequency.value,
        label={
            Frequency.ONCE: _("Once"),
            Frequency.MONTHLY: _("Monthly"),
            Frequency.ANNUAL: _("Annual"),
        }[frequency],
        checked=frequency is selection.frequency,
        promo=promo,
        promo_checked=chosen == CHOICE,
        tiers=named,
        choices=tuple(
            Choice(
                number,
                value,
                text(int(value)),
                value == chosen,
                give_label(frequency, text(int(value))),
            )
            for number, value in enumerate(plain, before + 1)
        ),
        other_value=selection.typed.get(frequency, ""),
        other_checked=chosen not in known,
        minimum_label=text(ask.minimum),
        maximum_label=text(ask.maximum),
        error=error.message if mine and error else None,
        give_label={
            Frequency.ONCE: _("Give once"),
            Frequency.MONTHLY: _("Give monthly"),
            Frequency.ANNUAL: _("Give annually"),
        }[frequency],
        give_template=give_label(frequency, "{amount}"),
    )


def _plain(ask: Ask, named: set[str], most: int) -> tuple[str, ...]:
    """The suggested amounts that are no tier's price: as many as there is room for."""
    left = [choice for choice in ask.choices if str(choice) not in named]
    by_worth = sorted(left, key=lambda choice: choice != ask.default)
    return tuple(str(choice) for choice in sorted(by_worth[: max(0, most)]))


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
