"""The account's blueprint: no page without a supporter signed in, but for those said to be open.

As with the readers' pages, a page's language is its address: every rule is registered a second time
with the language in front.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, abort, g, redirect, request

from donations.kernel.errors import MisconfiguredError
from donations.web.account.form_token import TOKEN_FIELD, form_token, token_is_ours
from donations.web.account.visitor import visitor
from donations.web.house import house
from donations.web.public.blueprint import LANGUAGE_ARGUMENT, page_path
from donations.web.same_origin import is_same_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from flask.typing import RouteCallable
    from werkzeug.wrappers import Response as Reply

ROOT: Final = "/account"
SIGN_IN: Final = f"{ROOT}/sign-in"


class Account(Blueprint):
    """A blueprint that knows which of its pages are open to everyone."""

    def __init__(self) -> None:
        super().__init__("account", __name__)
        self.is_open: dict[str, bool] = {}

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: RouteCallable | None = None,
        provide_automatic_options: bool | None = None,  # noqa: FBT001 - Flask's signature
        **options: Any,  # noqa: ANN401 - Flask's own signature
    ) -> None:
        """Register a rule.  Raises `MisconfiguredError` if it was not said who may see it."""
        if endpoint not in self.is_open:
            message = f"Account page {rule}: register it with page() or open_page()."
            raise MisconfiguredError(message)
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


blueprint: Final = Account()


def page(
    rule: str, *, methods: tuple[str, ...] = ("GET",)
) -> Callable[[RouteCallable], RouteCallable]:
    """Register a page at /account`rule` for signed-in supporters, found in `g.supporter`.

    A POST there has been checked: it came from a form of the visitor's own session, which carries
    `form_token()` as `csrf_token`.
    """
    return _registered(rule, methods, is_open=False)


def open_page(
    rule: str, *, methods: tuple[str, ...] = ("GET",)
) -> Callable[[RouteCallable], RouteCallable]:
    """Register a page at /account`rule` that needs nobody signed in, such as signing in."""
    return _registered(rule, methods, is_open=True)


def _registered(
    rule: str, methods: tuple[str, ...], *, is_open: bool
) -> Callable[[RouteCallable], RouteCallable]:
    if rule and (not rule.startswith("/") or rule.startswith(f"{ROOT}/")):
        message = f"Account page {rule!r}: the rule begins after {ROOT}."
        raise MisconfiguredError(message)

    def register(view: RouteCallable) -> RouteCallable:
        name = view.__name__
        blueprint.is_open[name] = is_open
        prefixed = f"/<any(en, ru):{LANGUAGE_ARGUMENT}>{ROOT}{rule}"
        for where in (ROOT + rule, prefixed):
            blueprint.add_url_rule(where, name, view, methods=list(methods))
        return view

    return register


def account_path(rule: str = "", language: str | None = None, **query: str) -> str:
    """The address of the account's page at `rule` in a language, without the host."""
    return page_path(ROOT + rule, language, **query)


@blueprint.url_value_preprocessor
def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    spoken = house().newsroom.languages
    asked = (values or {}).pop(LANGUAGE_ARGUMENT, None)
    if asked is not None and (asked not in spoken or asked == spoken[0]):
        abort(404)
    g.language = asked or spoken[0]


@blueprint.before_request
def _guard() -> Reply | None:
    if request.method == "POST" and not is_same_origin(request.headers, house().base_url):
        abort(403)
    if blueprint.is_open[(request.endpoint or "").removeprefix(f"{blueprint.name}.")]:
        return None
    supporter = visitor()
    if supporter is None:
        back = {"next": request.full_path.rstrip("?")} if request.method == "GET" else {}
        return redirect(page_path(SIGN_IN, **back), 303)
    g.supporter = supporter
    if request.method == "POST" and not token_is_ours():
        abort(400)
    return None


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "form_token": form_token,
        "TOKEN_FIELD": TOKEN_FIELD,
        "account_path": account_path,
        "signed_in": "supporter" in g,
        "here": request.path,
    }
