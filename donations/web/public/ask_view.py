"""The ask as its template shows it: frequencies, amounts, and the words on the button."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.kernel.wording import money_text
from donations.web.public.frame import page_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.giving.price_list import Ask
    from donations.web.house import House
    from donations.web.public.fund_choice import FundView

UNFINISHED_FIELD: Final = "unfinished-email"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen on the form, as sent or as prefilled by a link; empty means the suggestion."""

    frequency: Frequency = Frequency.MONTHLY
    chosen: Mapping[Frequency, str] = field(default_factory=dict)
    typed: Mapping[Frequency, str] = field(default_factory=dict)
    attempt: str = ""
    placement: str = "support"
    fund: FundView | None = None
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
    """A suggested amount."""

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
    error: FieldError | None = None,
) -> AskView:
    """The form in a language and currency; `page` is where the currency links lead."""
    carried = carried_fields(selection)
    return AskView(
        action=page_url("checkout"),
        currency=currency,
        currencies=_currencies(parts, currency, page, carried),
        frequencies=tuple(
            _frequency(
                parts.price_list.ask(currency, each), each, language, currency, selection, error
            )
            for each in Frequency
        ),
        methods=tuple(MethodView(key, method_label(key)) for key in parts.newsroom.methods),
        attempt=selection.attempt,
        placement=selection.placement,
        fund=selection.fund,
        unfinished=UnfinishedView(
            selection.unfinished,
            selection.unfinished_email,
            error.message if error and error.field == UNFINISHED_FIELD else None,
        ),
        errors=(error,) if error else (),
        hidden=carried,
    )


def carried_fields(selection: Selection) -> dict[str, str]:
    """What goes along unseen from the appeal to the payment page: the purpose, the reminder."""
    fund = {"fund": selection.fund.code} if selection.fund else {}
    return fund | ({"reminder": selection.reminder} if selection.reminder else {})


def give_label(frequency: Frequency, amount: str) -> str:
    """The words on the button: what will happen when it is pressed."""
    if frequency is Frequency.MONTHLY:
        return _("Give %(amount)s monthly", amount=amount)
    if frequency is Frequency.ANNUAL:
        return _("Give %(amount)s annually", amount=amount)
    return _("Give %(amount)s once", amount=amount)


def order_label(frequency: Frequency, amount: str) -> str:
    """An amount with how often it is given."""
    if frequency is Frequency.MONTHLY:
        return _("%(amount)s monthly", amount=amount)
    if frequency is Frequency.ANNUAL:
        return _("%(amount)s annually", amount=amount)
    return _("%(amount)s once", amount=amount)


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
    error: FieldError | None,
) -> FrequencyView:
    def text(minor: int) -> str:
        return money_text(Money(minor, currency), language)

    chosen = selection.chosen.get(frequency) or str(ask.default)
    other = chosen == "other" or chosen not in {str(choice) for choice in ask.choices}
    mine = error is not None and error.field == f"other-{frequency}"
    return FrequencyView(
        value=frequency.value,
        label={
            Frequency.ONCE: _("Once"),
            Frequency.MONTHLY: _("Monthly"),
            Frequency.ANNUAL: _("Annual"),
        }[frequency],
        checked=frequency is selection.frequency,
        choices=tuple(
            Choice(
                str(minor), text(minor), str(minor) == chosen, give_label(frequency, text(minor))
            )
            for minor in ask.choices
        ),
        other_value=selection.typed.get(frequency, ""),
        other_checked=other,
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
