"""Puts the API, the pages and the control desk into one Flask application."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, render_template, request

from donations.sandbox.api import serving
from donations.sandbox.pages import wording
from donations.sandbox.pages.desk import dashboard, documents
from donations.sandbox.pages.payment import authentication, hosted
from donations.sandbox.pages.portal import portal

if TYPE_CHECKING:
    from donations.sandbox.deliveries import Courier
    from donations.sandbox.world import World

_log = logging.getLogger(__name__)
_HERE: Final = Path(__file__).parent
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
_LARGEST_REQUEST: Final = 256 * 1024
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self' http: https:"  # the way back to the newsroom
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def create(world: World, courier: Courier, hosts: frozenset[str] = _LOOPBACK) -> Flask:
    """The sandbox as a WSGI application.  `hosts` are the names it answers to."""
    app = Flask(
        __name__, template_folder=str(_HERE / "templates"), static_folder=str(_HERE / "static")
    )
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_REQUEST
    app.register_blueprint(serving.blueprint(world))
    app.register_blueprint(hosted.blueprint(world))
    app.register_blueprint(authentication.blueprint(world))
    app.register_blueprint(documents.blueprint(world))
    app.register_blueprint(portal.blueprint(world))
    app.register_blueprint(dashboard.blueprint(world, courier))
    app.jinja_env.filters |= {
        "amount": wording.amount, "moment": wording.moment, "price": wording.price,
        "tone": wording.tone,
    }  # fmt: skip

    _keep_house(app, world)
    _guard(app, hosts)

    @app.errorhandler(404)
    def not_found(_error: Exception) -> tuple[str, int]:
        return render_template("closed.html", world=world, session=None), 404

    return app


def _keep_house(app: Flask, world: World) -> None:
    """Around every request: its clock is held, and what it did is kept."""

    @app.before_request
    def hold_the_clock() -> None:
        """A page about an object of a test clock is shown and served at that clock's moment."""
        held = ExitStack()
        held.enter_context(world.on_clock_of(*(request.view_args or {}).values()))
        g.held_clock = held

    @app.teardown_request
    def let_go_of_the_clock(_error: BaseException | None) -> None:
        held: ExitStack | None = g.pop("held_clock", None)
        if held:
            held.close()

    @app.after_request
    def keep(response: Response) -> Response:
        """What was done is in the data file before it is answered."""
        if request.method not in ("GET", "HEAD"):
            try:
                world.save()
            except OSError:
                _log.exception("the sandbox's data file could not be written")
        return response


def _guard(app: Flask, hosts: frozenset[str]) -> None:
    """Before every request and on every answer: what a page on a reader's machine owes them."""

    @app.before_request
    def keep_strangers_out() -> None:
        """Refuse names rebound to this machine and forms sent from other sites."""
        if urlsplit(f"//{request.host}").hostname not in hosts:
            abort(421)
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            abort(403)

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response
