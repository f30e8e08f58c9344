"""The letters: how each looks in every language, by day and by night; and what became of the last.

A letter is shown in a frame without scripts, without its origin's rights and with headers of its
own, because the style of mail must stand in its elements, which no other page of ours may do.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from flask import Response, abort, make_response, render_template

from donations.assets import asset_folder
from donations.kernel.database import db
from donations.mailer.proofs import LARGEST, Proof, Shade, proof
from donations.mailer.rendering import Letterpress
from donations.mailer.samples import SAMPLES, Sample, sample_named
from donations.reports.letters import DAYS, last_letters, letter_counts
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office import mail_words
from donations.web.office.blueprint import page
from donations.web.office.queries import asked

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_OWN: Final = (
    *("default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:"),
    *("font-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
)
PAGE_POLICY: Final = "; ".join((*_OWN, "frame-src 'self'"))
LETTER_POLICY: Final = "; ".join(
    (
        *("default-src 'none'", "style-src 'unsafe-inline'", "form-action 'none'"),
        *("base-uri 'none'", "frame-ancestors 'self'", "sandbox"),
    )
)


@page("/mail", needs=Permission.MAIL)
def mail_list() -> ResponseReturnValue:
    """Every letter with its subjects, and how many went out and came back."""
    session, parts = db.session(), house()
    languages = parts.newsroom.languages
    return render_template(
        "office/mail.html",
        samples=[(one, [_proof(one, language) for language in languages]) for one in SAMPLES],
        languages=languages,
        counts=letter_counts(session, parts.newsroom.zone, parts.clock.now()),
        days=DAYS,
        last=last_letters(session),
        **_words(),
    )


@page("/mail/<sample>", needs=Permission.MAIL)
def mail_sample(sample: str) -> ResponseReturnValue:
    """One letter: its head, its text, and its HTML on four screens."""
    chosen, language = sample_named(sample), _language()
    answer = make_response(
        render_template(
            "office/mail_sample.html",
            sample=chosen,
            proof=_proof(chosen, language),
            language=language,
            languages=house().newsroom.languages,
            shades=tuple(Shade),
            largest=LARGEST,
            **_words(),
        )
    )
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    return answer


@page("/mail/<sample>/letter", needs=Permission.MAIL)
def mail_letter(sample: str) -> ResponseReturnValue:
    """The HTML of one letter and nothing else, for a frame of the page above."""
    shade = asked("shade", Shade) or Shade.LIGHT
    html = _proof(sample_named(sample), _language()).shown(shade)
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _proof(sample: Sample, language: str) -> Proof:
    parts = house()
    message = sample.message(parts.newsroom, parts.base_url, language)
    return proof(_press(), message, parts.newsroom, parts.clock.now())


@cache
def _press() -> Letterpress:
    return Letterpress(asset_folder("templates"))


def _language() -> str:
    spoken = house().newsroom.languages
    language = asked("language", str) or spoken[0]
    if language not in spoken:
        abort(400)
    return language


def _words() -> dict[str, Any]:
    names = ("LETTERS", "RETURNED", "LANGUAGES", "SHADES")
    return {name: getattr(mail_words, name) for name in names}
