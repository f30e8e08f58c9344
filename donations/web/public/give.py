"""The article, the appeal and the way to the payment page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import current_app, g, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from donations.appeals.editions import current_edition
from donations.appeals.offers import offers
from donations.giving.checkouts import Till, Visit
from donations.giving.orders import Order
from donations.jobs.worker import reason_of
from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.ids import new_token
from donations.kernel.money import Money
from donations.kernel.wording import money_text
from donations.reminders.reminding import note_opened
from donations.stripe_gateway.errors import StripeRefused, StripeUnavailable
from donations.tiers.levels import offered
from donations.web.house import house
from donations.web.public.appeal_view import appeal_view, article_view, read_more_view
from donations.web.public.ask_view import ask_view, carried_fields
from donations.web.public.ask_words import give_label, order_label
from donations.web.public.blueprint import page
from donations.web.public.checkout_form import CheckoutForm
from donations.web.public.frame import page_url
from donations.web.public.fund_choice import chosen_fund
from donations.web.public.guard import cautions
from donations.web.public.newsletter_view import newsletter_block
from donations.web.public.prefill import prefilled
from donations.web.public.promo_link import with_promo
from donations.web.public.promo_view import CHOICE, chosen_promo
from donations.web.public.quiet import quiet_until
from donations.web.public.reminder_source import Source, read_campaign
from donations.web.public.reminder_view import reminder_view
from donations.web.public.selection import FieldError, Selection
from donations.web.public.thanks import thanks_url
from donations.web.public.today import today
from donations.web.public.unfinished import (
    consent_sentence,
    hidden_fields,
    keep_address,
    wrong_address,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_NO_STORE: Final = {"Cache-Control": "no-store"}
_log = structlog.get_logger("donations.web")


@page("/", name="article")
def show_article() -> ResponseReturnValue:
    """The sample article with the appeal below it."""
    content = current_edition(db.session(), g.language).content
    currency, selection = prefilled(house(), request.args, placement="article")
    return render_template(
        "public/article.html",
        article=article_view(content["article"], g.language),
        newsletter=newsletter_block(
            language=g.language, offered=offers(content), placement="article"
        ),
        read_more=read_more_view(content["read_more"]),
        quiet=quiet_until(),
        **_appeal(content, currency, selection, page="article"),
    )


@page("/support", name="support")
def show_support() -> ResponseReturnValue:
    """The full appeal; a link may have chosen currency, frequency and amount.

    A link of a reminder's letter is counted as opened, once.
    """
    currency, selection = prefilled(house(), request.args, placement="support")
    currency, selection = with_promo(request.args, currency, selection)
    if selection.reminder and request.method == "GET":
        note_opened(db.session(), selection.reminder, house().clock.now())
    fund = chosen_fund(db.session(), request.args.get("fund"))
    return _support_page(currency, replace(selection, fund=fund))


@page("/support/checkout", name="checkout")
def leave_checkout() -> ResponseReturnValue:
    """Nobody reads this address; a reload of it belongs on the appeal."""
    return redirect(page_url("support"), 303)


@page("/support/checkout", name="checkout", methods=("POST",))
def continue_to_payment() -> ResponseReturnValue:
    """Price the order and lead to the payment page; without an attempt's name, ask once more.

    A page without script cannot name its attempt, so its reader gets a page of their own that
    can: there the order is reviewed, and a double click there is one attempt.
    """
    form = CheckoutForm()
    fund = chosen_fund(db.session(), form.fund.data)
    promo = chosen_promo(db.session(), form.promo.data, g.language, house().clock.now())
    selection = replace(form.selection(), fund=fund, promo=promo)
    prices = house().price_list
    order = form.order(prices, g.language, promo)
    if form.fund.data and fund is None:  # it closed meanwhile: nobody's gift changes its purpose
        order = FieldError("give", _("This purpose takes no gifts any more. Please choose again."))
    order = wrong_address(selection) or order
    if isinstance(order, FieldError):
        currency = form.chosen_currency(prices) or prices.currencies[0]
        return _support_page(currency, selection, error=order), 422, _NO_STORE
    if not selection.attempt:
        shown = _order_context(order, replace(selection, attempt=new_token()))
        page_text = render_template(
            "public/confirm.html", order=shown, warning=cautions(house().newsroom, g.language)
        )
        return page_text, 200, _NO_STORE
    return _open(replace(order, fund=fund.code if fund else ""), selection)


def _open(order: Order, selection: Selection) -> ResponseReturnValue:
    parts = house()
    choice = {
        "frequency": order.frequency.value,
        "amount": str(order.amount.minor),
        "currency": order.amount.currency,
        "fund": order.fund,
        "promo": order.promo,
        "reminder": selection.reminder,
    }
    visit = Visit(
        attempt=selection.attempt,
        language=g.language,
        placement=selection.placement,
        cancel_url=parts.base_url + page_url("support", **choice),
        recovery_consent=consent_sentence() if selection.unfinished else "",
        reminder=selection.reminder,
    )
    try:
        opened = till().open(db.session(), order, visit, now=parts.clock.now())
        keep_address(opened.public_id, selection)
    except (StripeUnavailable, StripeRefused, OperationalError) as error:
        # Of a database's error only the kind: its words may carry what was typed.
        told = reason_of(error) if isinstance(error, OperationalError) else str(error)
        _log.warning("payment page not opened", reason=told)
        shown = _order_context(order, selection)
        return render_template("public/unavailable.html", order=shown), 503, _NO_STORE
    where = opened.url or thanks_url(opened.public_id, g.language)
    return redirect(where, 303)


def till() -> Till:
    """The till of this application."""
    found: Till = current_app.extensions["till"]
    return found


def _support_page(currency: str, selection: Selection, *, error: FieldError | None = None) -> str:
    content = current_edition(db.session(), g.language).content
    return render_template(
        "public/support.html",
        **_appeal(content, currency, selection, page="support", error=error),
    )


def _appeal(
    content: dict[str, Any],
    currency: str,
    selection: Selection,
    *,
    page: str,
    error: FieldError | None = None,
) -> dict[str, Any]:
    """The letter, the warning, the ask and the reminder: no appeal stands without its warning."""
    parts = house()
    monthly = parts.price_list.ask(currency, Frequency.MONTHLY)
    minimum = money_text(Money(monthly.minimum, currency), g.language)
    return {
        "appeal": appeal_view(content["appeal"], minimum=minimum),
        "warning": cautions(parts.newsroom, g.language),
        "ask": ask_view(
            parts,
            g.language,
            currency,
            selection,
            page=page,
            tiers=offered(db.session()),
            error=error,
        ),
        "reminder": reminder_view(
            language=g.language,
            today=today(),
            source=Source(selection.placement, campaign=read_campaign(request.args)),
            currency=currency,
        ),
    }


def _order_context(order: Order, selection: Selection) -> dict[str, Any]:
    fund = selection.fund
    amount = money_text(order.amount, g.language)
    promo = selection.promo if order.promo else None
    return {
        "label": promo.terms if promo else order_label(order.frequency, amount),
        "give_label": promo.give_label if promo else give_label(order.frequency, amount),
        "choice": CHOICE if promo else str(order.amount.minor),
        "promo": order.promo,
        "frequency": order.frequency.value,
        "amount_minor": str(order.amount.minor),
        "currency": order.amount.currency,
        "attempt": selection.attempt,
        "placement": selection.placement,
        "fund": fund,
        "hidden": carried_fields(selection) | hidden_fields(selection),
    }
