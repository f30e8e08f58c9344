"""The pages that show what was caught; they only read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, abort, jsonify, render_template

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.mail_catcher.letterbox import Caught, Letterbox

_OWN_POLICY: Final = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
_LETTER_POLICY: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:"
)
_LINK: Final = re.compile(r"https?://[^\s<>\"]+")
_NEW_TAB: Final = '<base target="_blank">'


def build_pages(letterbox: Letterbox) -> Flask:
    """The application that shows `letterbox`."""
    app = Flask(__name__)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    @app.get("/")
    def show_all() -> ResponseReturnValue:
        return render_template("all.html", letters=letterbox.newest_first())

    @app.get("/messages/<int:number>")
    def show_one(number: int) -> ResponseReturnValue:
        caught = _found(letterbox, number)
        return render_template("one.html", caught=caught, links=_links(caught))

    @app.get("/messages/<int:number>/html")
    def show_html(number: int) -> ResponseReturnValue:
        html = _found(letterbox, number).html.replace("<head>", f"<head>{_NEW_TAB}", 1)
        return html, 200, {"Content-Security-Policy": _LETTER_POLICY}

    @app.get("/api/messages")
    def list_all() -> ResponseReturnValue:
        return jsonify([caught.as_json() for caught in letterbox.newest_first()])

    @app.after_request
    def _guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _OWN_POLICY)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app


def _found(letterbox: Letterbox, number: int) -> Caught:
    caught = letterbox.find(number)
    if caught is None:
        abort(404)
    return caught


def _links(caught: Caught) -> list[str]:
    """The links of the text part, each once, in order."""
    return list(dict.fromkeys(_LINK.findall(caught.text)))
