"""The newsletters as the templates read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from babel.lists import format_list
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from donations.web.public.blueprint import page_path
from donations.web.public.guard import ALWAYS_IN, Caution, country_names
from donations.web.public.newsletter_form import HERE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from donations.appeals.offers import Offer
    from donations.kernel.newsroom import Newsroom


@dataclass(frozen=True, slots=True)
class OfferView:
    """One newsletter to choose; `waiting` if it was asked for and is not confirmed yet."""

    slug: str
    name: str
    description: str
    frequency: str
    preview_url: str
    ticked: bool
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class NewsletterView:
    """The form, with what was typed and what was wrong with it.

    `offered` is what can be ticked: all on the form's own page, the first beside an appeal, where
    `more_url` leads to the others.
    """

    action: str
    placement: str
    offered: tuple[OfferView, ...]
    more_url: str | None
    email: str
    error_email: str | None
    consent: bool
    error_consent: str | None
    error_newsletter: str | None

    @property
    def only(self) -> OfferView | None:
        """The newsletter, if there is one to choose: then it needs no box."""
        return self.offered[0] if len(self.offered) == 1 else None


def newsletter_view(
    *,
    language: str,
    offered: Sequence[Offer],
    placement: str = HERE,
    ticked: Collection[str] = (),
    email: str = "",
    consent: bool = False,
    errors: Mapping[str, str] | None = None,
) -> NewsletterView:
    """The form in a language; everything `offered` can be ticked."""
    wrong = errors or {}
    return NewsletterView(
        action=page_path("/newsletter", language),
        placement=placement,
        offered=tuple(
            offer_view(offer, language, ticked=offer.slug in ticked) for offer in offered
        ),
        more_url=None,
        email=email,
        error_email=wrong.get("email"),
        consent=consent,
        error_consent=wrong.get("consent"),
        error_newsletter=wrong.get("newsletter"),
    )


def newsletter_block(*, language: str, offered: Sequence[Offer], placement: str) -> NewsletterView:
    """The form beside an appeal: the first newsletter, and the way to the others if there are."""
    view = newsletter_view(language=language, offered=offered[:1], placement=placement)
    if len(offered) == 1:
        return view
    return replace(view, more_url=page_path("/newsletter", language))


def offer_view(
    offer: Offer, language: str, *, ticked: bool = False, waiting: bool = False
) -> OfferView:
    """One newsletter as it is offered."""
    return OfferView(
        slug=offer.slug,
        name=offer.name,
        description=offer.description,
        frequency=offer.frequency,
        preview_url=page_path(f"/newsletter/preview/{offer.slug}", language),
        ticked=ticked,
        waiting=waiting,
    )


def consent_sentence() -> str:
    """The sentence beside the box, as the reader read it, kept as proof of consent."""
    label = _('I agree to the <a href="%(url)s">Privacy Policy</a>', url="")
    return str(Markup(label).striptags())  # noqa: S704 - our own catalogue's words, made plain text


def mail_cautions(newsroom: Newsroom, language: str) -> list[Caution]:
    """What a reader at risk must know before a newsletter comes, in their language and Russian."""
    languages = [language]
    if language != ALWAYS_IN and ALWAYS_IN in newsroom.languages:
        languages.append(ALWAYS_IN)
    return [_caution(newsroom, each) for each in languages]


def _caution(newsroom: Newsroom, language: str) -> Caution:
    with force_locale(language):
        countries = format_list(country_names(newsroom, language), style="or", locale=language)
        return Caution(
            lang=language,
            heading=_("Are you in %(countries)s, or might you travel there?", countries=countries),
            text=_(
                "Whoever runs your mailbox can see that our letters come to you, and can be made to"
                " tell. So can whoever opens your phone. Use a mailbox outside the country, or read"
                " us without one."
            ),
            link_label=_("Safer ways"),
        )
