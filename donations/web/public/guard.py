"""The warning that stands above every form asking for money.

It is for everyone, because nobody can tell who reads from where: most readers in danger come
through a VPN.  It is said in the page's language and in Russian.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.lists import format_list
from flask_babel import force_locale
from flask_babel import gettext as _

if TYPE_CHECKING:
    from donations.kernel.newsroom import Newsroom

ALWAYS_IN: Final = "ru"


@dataclass(frozen=True, slots=True)
class Caution:
    """The warning in one language."""

    lang: str
    heading: str
    text: str
    link_label: str


def cautions(newsroom: Newsroom, language: str) -> list[Caution]:
    """The warning in the page's language, then in Russian if the newsroom speaks it."""
    languages = [language]
    if language != ALWAYS_IN and ALWAYS_IN in newsroom.languages:
        languages.append(ALWAYS_IN)
    return [_caution(newsroom, each) for each in languages]


def country_names(newsroom: Newsroom, language: str) -> list[str]:
    """The guarded countries' names in a language."""
    territories = Locale.parse(language).territories
    return [territories.get(code, code) for code in newsroom.guarded_countries]


def _caution(newsroom: Newsroom, language: str) -> Caution:
    with force_locale(language):
        countries = format_list(country_names(newsroom, language), style="or", locale=language)
        return Caution(
            lang=language,
            heading=_("Are you in %(countries)s, or might you travel there?", countries=countries),
            text=_(
                "Then please don’t give. Supporting us can be prosecuted there, and your bank can"
                " see the payment even under a neutral name."
            ),
            link_label=_("Safer ways to help"),
        )
