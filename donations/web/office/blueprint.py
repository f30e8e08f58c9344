"""The office's blueprint: no page without a permission, no visit without a check.

A view is registered with what it `needs`; a rule that skips this is refused when the program
starts, so a forgotten check cannot reach anyone.  Sign-in alone is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, abort, g, redirect, request, url_for

from donations.kernel.errors import MisconfiguredError
from donations.staff.roles import PERMISSIONS, Permission, may
from donations.web.house import house
from donations.web.office.forms import token_is_ours
from donations.web.office.visitor import visitor
from donations.web.same_origin import is_same_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from flask.typing import RouteCallable
    from werkzeug.wrappers import Response as Reply


class Office(Blueprint):
    """A blueprint that knows what each of its pages needs; None is open to everyone."""

    def __init__(self) -> None:
        super().__init__("office", __name__, url_prefix="/office")
        self.needs: dict[str, Permission | None] = {}
        self.largest: dict[str, int] = {}

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: RouteCallable | None = None,
        provide_automatic_options: bool | None = None,  # noqa: FBT001 - Flask's signature
        **options: Any,  # noqa: ANN401 - Flask's own signature
    ) -> None:
        """Register a rule.  Raises `MisconfiguredError` if its page was given no permission."""
        if endpoint not in self.needs:
            message = f"Office page {rule} says not what it needs: register it with page()."
            raise MisconfiguredError(message)
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


blueprint: Final = Office()


def page(
    rule: str,
    *,
    needs: Permission,
    methods: tuple[str, ...] = ("GET",),
    largest: int | None = None,
) -> Callable[[RouteCallable], RouteCallable]:
    """Register a page for those who have the permission `needs`.

    `largest` is how many bytes may be sent to it, where that is more than to others.  Raises
    `MisconfiguredError` for a permission that stands in no table.
    """
    if needs not in PERMISSIONS:
        message = f"Office page {rule} needs {needs!r}, which nobody can have."
        raise MisconfiguredError(message)
    return _registered(rule, needs, methods, largest)


def open_page(rule: str, *, methods: tuple[str, ...]) -> Callable[[RouteCallable], RouteCallable]:
    """Register the page that everyone may see: sign-in."""
    return _registered(rule, None, methods)


def _registered(
    rule: str,
    needs: Permission | None,
    methods: tuple[str, ...],
    largest: int | None = None,
) -> Callable[[RouteCallable], RouteCallable]:
    def register(view: RouteCallable) -> RouteCallable:
        name = view.__name__
        blueprint.needs[name] = needs
        if largest is not None:
            blueprint.largest[name] = largest
        blueprint.add_url_rule(rule, name, view, methods=list(methods))
        return view

    return register


@blueprint.before_request
def _guard() -> Reply | None:
    g.language = house().newsroom.languages[0]
    if request.method == "POST" and not is_same_origin(request.headers, house().base_url):
        abort(403)
    name = (request.endpoint or "").removeprefix(f"{blueprint.name}.")
    needs = blueprint.needs[name]
    if needs is None:
        return None
    g.visitor = found = visitor()
    if found is None:
        back_to = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("office.sign_in", next=back_to), 303)
    if not may(found.role, needs):
        abort(403)
    if name in blueprint.largest:  # before anything of a form is read
        request.max_content_length = request.max_form_memory_size = blueprint.largest[name]
    if request.method == "POST" and not token_is_ours():
        abort(400)
    return None


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
