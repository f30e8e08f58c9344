"""Turns what went wrong into a page: plain words, nothing that helps an attacker."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import structlog
from flask import g, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from donations.jobs.worker import reason_of
from donations.kernel.errors import NotFound
from donations.web.public.blueprint import page_path

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

_log = structlog.get_logger("donations.web")


def install_error_pages(app: Flask) -> None:
    """Register one page for every kind of failure."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _unforeseen)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return cast("Response", error.response)
    return _page(error.code or 500)


def _not_found(_error: NotFound) -> tuple[str, int]:
    return _page(404)


def _unforeseen(error: Exception) -> tuple[str, int]:
    # The rule, never the path or the query: those may carry a token.
    rule = str(request.url_rule) if request.url_rule else "no route"
    _log.error("request failed", rule=rule, reason=reason_of(error))
    return _page(500)


def _database_away(error: OperationalError) -> tuple[str, int, dict[str, str]]:
    """The database is full, locked or out of reach: nothing was stored, and it may be soon."""
    rule = str(request.url_rule) if request.url_rule else "no route"
    _log.error("database away", rule=rule, reason=reason_of(error))
    home = page_path("/") if "language" in g else "/"
    page = render_template(
        "errors/error.html",
        code=503,
        heading=_("We can’t answer just now"),
        message=_(
            "Please try again in a few minutes. If you were giving, check your e-mail first."
        ),
        home_url=home,
    )
    return page, 503, {"Retry-After": "120", "Cache-Control": "no-store"}


def _page(code: int) -> tuple[str, int]:
    heading, message = _words(code)
    home = page_path("/") if "language" in g else "/"
    page = render_template(
        "errors/error.html", code=code, heading=heading, message=message, home_url=home
    )
    return page, code


def _words(code: int) -> tuple[str, str]:
    known = {
        400: (_("That request made no sense to us"), _("Please go back and try once more.")),
        403: (
            _("This form was sent from another site"),
            _("For your safety we only take forms sent from our own pages. Please start again."),
        ),
        404: (
            _("There is no such page"),
            _("The address may be mistyped, or the link has expired."),
        ),
        405: (
            _("This page can’t be used that way"),
            _("Please start again from the front page."),
        ),
        413: (_("That was too much at once"), _("The form you sent is too large.")),
        429: (_("Too many attempts"), _("Please wait a minute and try again.")),
        503: (
            _("We can’t answer just now"),
            _("Please try again in a few minutes. Nothing was charged."),
        ),
    }
    fallback = (
        _("Something went wrong on our side"),
        _(
            "It is noted and will be looked at. If you were giving, check your e-mail before you"
            " try again."
        ),
    )
    return known.get(code, known[400] if 400 <= code < 500 else fallback)  # noqa: PLR2004
