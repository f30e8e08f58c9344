"""The reader's blueprint and its languages: the default language at the root, others by prefix.

Every reader route is registered under a second rule with the language in front, so a page's
language is its address, nothing is remembered, and a page can be cached for everyone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from babel import Locale
from flask import Blueprint, abort, g, request

from donations.web.house import house
from donations.web.same_origin import is_same_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import RouteCallable

LANGUAGE_ARGUMENT: Final = "language"
CROSS_ORIGIN_ENDPOINTS: Final = frozenset(
    {
        "public.newsletter_unsubscribe_post",
        "public.newsletter_leave_all_post",
        "public.reminder_never_post",
        "public.no_yearly_note_post",
    }
)
"""Where a POST may come from elsewhere: a mail program's one click (RFC 8058), by its token."""
_RIGHT_TO_LEFT: Final = "rtl"

blueprint = Blueprint("public", __name__)


def page(rule: str, *, name: str, methods: tuple[str, ...] = ("GET",)) -> Callable[..., Any]:
    """Register a reader's page at `rule`, and at `/<language>` before it."""

    def register(view: RouteCallable) -> RouteCallable:
        endpoint = f"{name}_{'_'.join(methods).lower()}"
        prefixed = f"/<any(en, ru):{LANGUAGE_ARGUMENT}>{rule}"
        for where in (rule, prefixed):
            blueprint.add_url_rule(where, endpoint, view, methods=list(methods))
        return view

    return register


@blueprint.url_value_preprocessor
def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    spoken = house().newsroom.languages
    asked = (values or {}).pop(LANGUAGE_ARGUMENT, None)
    if asked is not None and (asked not in spoken or asked == spoken[0]):
        abort(404)
    g.language = asked or spoken[0]


@blueprint.before_request
def _refuse_other_origins() -> None:
    if request.method != "POST" or request.endpoint in CROSS_ORIGIN_ENDPOINTS:
        return
    if not is_same_origin(request.headers, house().base_url):
        abort(403)


def page_path(path: str, language: str | None = None, **query: str) -> str:
    """The address of the page at `path` (as in "/support") in a language, without the host."""
    chosen = language or spoken_language()
    prefix = "" if chosen == house().newsroom.languages[0] else f"/{chosen}"
    tail = f"?{urlencode(query)}" if query else ""
    return f"{prefix}{path}{tail}"


def spoken_language() -> str:
    """The language of the page being made; the default one outside the readers' pages."""
    chosen: str = g.get("language") or house().newsroom.languages[0]
    return chosen


def text_direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return str(Locale.parse(language).text_direction)
