"""Forms by which staff enter things: what was typed is read, or refused in words at its field."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm

from donations.kernel.errors import BadAmount, FieldRefused
from donations.kernel.money import Money
from donations.mailer.addresses import BadAddress
from donations.web.office.wording import amount

if TYPE_CHECKING:
    from collections.abc import Callable

_Value = TypeVar("_Value")


class EntryForm(FlaskForm):
    """A form of the office; `anchor` begins the ids of its fields, `problem` is of the whole form.

    One that was not sent is made with `formdata=None`, or it would take the fields of another.
    """

    anchor: ClassVar[str]
    problem: str = ""

    class Meta(FlaskForm.Meta):
        """The office checks the token of every POST before any form is read."""

        csrf = False

    def read(self, name: str, reader: Callable[[str], _Value]) -> _Value | None:
        """The field called `name`, read by `reader`; None once it is refused."""
        try:
            return reader((self[name].data or "").strip())
        except (BadAmount, BadAddress) as error:
            self.refuse(FieldRefused(name, error.reason))
        except FieldRefused as error:
            self.refuse(FieldRefused(name, error.reason, **error.facts))
        except ValueError:
            self.refuse(FieldRefused(name, "not_understood"))
        return None

    def refuse(self, refused: FieldRefused) -> None:
        """Say what is wrong, at the field it is about or else above the form."""
        if refused.field in self:
            field = self[refused.field]
            field.errors = [*field.errors, sentence(refused)]
        else:
            self.problem = sentence(refused)

    @property
    def refused(self) -> bool:
        """Whether anything was refused."""
        return bool(self.problem or any(field.errors for field in self))


def read_day(text: str) -> date:
    """A day as browsers send it.  Raises `FieldRefused` or `ValueError`."""
    if not text:
        raise FieldRefused("", "empty_day")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FieldRefused("", "not_a_day") from error


def read_money(currency: str) -> Callable[[str], Money]:
    """Reads an amount of a currency."""
    return lambda text: Money.parse(text, currency)


def one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    """Reads one of the words a form offers."""

    def reader(text: str) -> str:
        if text not in known:
            raise FieldRefused("", "unknown")
        return text

    return reader


def or_none(text: str) -> str | None:
    """Reads what may be left out."""
    return text or None


def sentence(refused: FieldRefused) -> str:
    """What is wrong and what to do, in words."""
    if refused.reason == "differs":
        return _difference(refused)
    words = _SENTENCES.get(refused.reason, _SENTENCES["not_understood"])
    said = {name: _said(value) for name, value in refused.facts.items()}
    return str(words) % said if said else str(words)


def _difference(refused: FieldRefused) -> str:
    return _(
        "It cannot be closed yet. Items: %(items)s against what was expected; sum: %(total)s.",
        items=f"{refused.facts['items']:+d}",
        total=_signed(refused.facts["total"]),
    )


def _signed(money: Any) -> str:  # noqa: ANN401 - whatever a refusal knows
    return f"+{amount(money)}" if money.minor > 0 else amount(money)


def _said(value: Any) -> str:  # noqa: ANN401 - whatever a refusal knows
    return amount(value) if isinstance(value, Money) else str(value)


_SENTENCES: Final = {
    "not_understood": lazy_gettext("Check this value; it was not understood."),
    "unknown": lazy_gettext("Choose one of those shown."),
    "empty": lazy_gettext("Fill this in."),
    "site_taken": lazy_gettext("This site takes passes already."),
    "not_an_address": lazy_gettext("Write a whole address, such as https://cms.example.org/hook."),
    "not_https": lazy_gettext("The address must begin with https://."),
    "private": lazy_gettext("This address leads into a private network; nothing is sent there."),
    "empty_day": lazy_gettext("Choose a day."),
    "not_a_day": lazy_gettext("Write the day like 2026-01-31."),
    "not_a_number": lazy_gettext("Write it in digits only, for example 1500 or 15.50."),
    "grouped": lazy_gettext("Write the amount without separating the thousands, for example 1500."),
    "too_precise": lazy_gettext("This has more decimals than the currency."),
    "nothing": lazy_gettext("The amount must be more than nothing."),
    "too_long": lazy_gettext("Use at most %(most)s characters, in one line."),
    "names_somebody": lazy_gettext(
        "No e-mail address here: this text stays in the books for good."
    ),
    "count": lazy_gettext("Write how many, from 1 to %(most)s."),
    "to_come": lazy_gettext("This day has not come yet."),
    "long_ago": lazy_gettext("This day is more than two years ago; check the year."),
    "not_a_reference": lazy_gettext(
        "Write a number, with Latin letters, spaces and . / # : - if need be, but no name."
    ),
    "other_currency": lazy_gettext("The currency of a batch stays as it was opened."),
    "closed": lazy_gettext("This batch is closed, and a closed batch never changes."),
    "not_empty": lazy_gettext("Only a batch without items can be discarded."),
    "too_many": lazy_gettext("A batch holds at most %(most)s items; open another one."),
    "closed_fund": lazy_gettext("This fund takes no gifts; choose another one."),
    "item_of_closed_fund": lazy_gettext(
        "It cannot be closed yet: the fund of item %(number)s takes no gifts any more. Correct it."
    ),
    "not_a_code": lazy_gettext("Use 2 to 30 small Latin letters, digits and hyphens."),
    "code_taken": lazy_gettext("There is a fund with this code already."),
    "not_restricted": lazy_gettext("Only a restricted fund needs a release."),
    "closed_month": lazy_gettext(
        "The books are closed for this day; the first open day is %(first)s."
    ),
    "more_than_held": lazy_gettext("The fund holds no more than %(held)s from that day on."),
    "without_benefits": lazy_gettext("Only memberships have benefits."),
    "has_begun": lazy_gettext("Choose tomorrow or a later day: what is booked keeps its meaning."),
    "too_large": lazy_gettext("This is more than any payment can be."),
    "too_small": lazy_gettext("This is less than any payment can be."),
    "tier_taken": lazy_gettext("There is a tier with this code already."),
    "promo_taken": lazy_gettext("There is a promo with this code already."),
    "too_many_lines": lazy_gettext("At most %(most)s lines."),
    "no_words": lazy_gettext("A tier needs a name in one language before it is offered."),
    "no_price": lazy_gettext("A tier needs a price before it is offered."),
    "out_of_order": lazy_gettext(
        "A higher tier must cost more, and a lower one less: compare “%(other)s”, its place and its"
        " prices."
    ),
    "not_higher": lazy_gettext("The later amount must be more than the first, in one currency."),
    "below_the_tier": lazy_gettext("The later amount does not reach this tier’s price."),
    "before_it_begins": lazy_gettext(
        "The end must come after the beginning, and be still to come."
    ),
    "too_far": lazy_gettext("At most three years."),
    "at_sign": lazy_gettext("An e-mail address has one @ in it, as in name@example.org."),
    "space": lazy_gettext("An e-mail address has no spaces in it."),
    "control": lazy_gettext("An e-mail address has no spaces in it."),
    "local_part": lazy_gettext(
        "Check the part before the @: something in it is not allowed there."
    ),
    "foreign_local_part": lazy_gettext(
        "We can only write to addresses with Latin letters before the @."
    ),
    "domain": lazy_gettext("Check the part after the @: it should look like example.org."),
}
"""Why a value was not taken and what to do, by the reason given."""
