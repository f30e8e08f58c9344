"""What every reader page stands in: the name, the languages, addresses, the style sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from babel import Locale
from flask import request
from markupsafe import Markup

from donations.web.house import house
from donations.web.public.blueprint import page_path, spoken_language, text_direction

if TYPE_CHECKING:
    from flask import Flask

PATHS: Final = {
    "article": "/",
    "support": "/support",
    "checkout": "/support/checkout",
    "safer": "/support/safer",
    "gift_membership": "/support/gift",
    "remind": "/remind-me",
    "ask_again": "/remind-me/ask-again",
    "newsletter": "/newsletter",
    "newsletter_preview": "/newsletter/preview",
    "newsletter_link": "/newsletter/preferences",
    "privacy": "/privacy",
    "account": "/account",
    "cancel": "/cancel",
}


@dataclass(frozen=True, slots=True)
class Site:
    """The newsroom as the frame names it."""

    name: str
    contact_email: str
    descriptor: str


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language this page can be read in."""

    code: str
    name: str
    url: str
    current: bool


def page_url(name: str, language: str | None = None, **query: object) -> str:
    """The address of a named page; empty values are left out of the query."""
    given = {key: str(value) for key, value in query.items() if value not in (None, "")}
    return page_path(PATHS[name], language, **given)


def install_frame(app: Flask, *, inline_css: str, asset_versions: dict[str, str]) -> None:
    """Give every template the frame's words."""
    css = Markup(inline_css)  # noqa: S704 - our own file, read at start

    def asset(path: str) -> str:
        return f"/static/{path}?v={asset_versions[path]}"

    @app.context_processor
    def frame() -> dict[str, Any]:
        language = spoken_language()
        parts = house()
        return {
            "site": Site(parts.newsroom.name, parts.newsroom.contact, parts.statement.line),
            "lang": language,
            "dir": text_direction(language),
            "inline_css": css,
            "asset": asset,
            "page_url": page_url,
            "languages": _tongues(language),
        }


def _tongues(current: str) -> list[Tongue]:
    spoken = house().newsroom.languages
    path = request.path
    for code in spoken[1:]:
        if path == f"/{code}" or path.startswith(f"/{code}/"):
            path = path.removeprefix(f"/{code}") or "/"
    query = request.query_string.decode("ascii", "replace") if request.method == "GET" else ""
    return [
        Tongue(
            code,
            str(Locale.parse(code).get_display_name(code)).capitalize(),
            page_path(path, code) + (f"?{query}" if query else ""),
            code == current,
        )
        for code in spoken
    ]
