"""The newsletter form as its template reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from markupsafe import Markup

from donations.web.public.blueprint import page_path

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class NewsletterView:
    """The form, with what was typed and what was wrong with it."""

    action: str
    preview_url: str
    slug: str
    name: str
    description: str
    frequency: str
    email: str
    error_email: str | None
    consent: bool
    error_consent: str | None


def newsletter_view(
    *,
    language: str,
    content: Mapping[str, Any],
    email: str = "",
    consent: bool = False,
    errors: Mapping[str, str] | None = None,
) -> NewsletterView:
    """The form in a language; `content` is the edition's part about the newsletter."""
    wrong = errors or {}
    return NewsletterView(
        action=page_path("/newsletter", language),
        preview_url=page_path("/newsletter/preview", language),
        slug=content["slug"],
        name=content["name"],
        description=content["description"],
        frequency=content["frequency"],
        email=email,
        error_email=wrong.get("email"),
        consent=consent,
        error_consent=wrong.get("consent"),
    )


def consent_sentence() -> str:
    """The sentence beside the box, as the reader read it, kept as proof of consent."""
    label = _('I agree to the <a href="%(url)s">Privacy Policy</a>', url="")
    return str(Markup(label).striptags())  # noqa: S704 - our own catalogue's words, made plain text
