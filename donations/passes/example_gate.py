"""An example of a gate: a page that hides its ask, and one for members, on a server of its own.

    python -m donations.passes.example_gate --issuer http://localhost:8000

It is WSGI (PEP 3333), so it runs behind any server for Python, or as a model for a CDN's own code.
It fetches the two sets of keys, keeps them as long as it is told, and believes passes by itself.
It writes no log: which reader holds which pass is nobody's business.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

from donations.assets import asset_folder
from donations.passes.verifying import BadPass, UnknownKey, read_pass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_UNLESS_TOLD: Final = timedelta(minutes=5)
_AT_MOST_EVERY: Final = timedelta(minutes=1)
_FRAME: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<script src="/pass.js"></script><h1>{title}</h1>{body}"""
_ARTICLE: Final = """<p>The article, free for everyone.</p>{ask}
<p data-supporter hidden>Thank you for your support.</p>
<p><a href="/members">For members</a></p>"""
_ASK: Final = (
    """<p data-ask>Please support us. <a data-get-pass href="{account}">I do already.</a></p>"""
)
_CLOSED: Final = (
    """<p>This page is for members. <a data-get-pass href="{account}">I am one.</a></p>"""
)
_OPEN: Final = "<p>The letter from the editor.</p>"

Start = Any
"""WSGI's `start_response`."""


class Keys:
    """A set of keys at its issuer's address, fetched again when it is old or lacks a key."""

    def __init__(self, url: str) -> None:
        """`url` is that of a JWKS."""
        self._url = url
        self._lock = threading.Lock()
        self._keys: dict[str, Any] = {"keys": []}
        self._fetched = self._until = datetime.min.replace(tzinfo=UTC)

    def now(self, now: datetime, *, lacking: bool = False) -> dict[str, Any]:
        """The keys; fetched afresh if `lacking` one, but no more than once a minute."""
        with self._lock:
            waited = now - self._fetched >= _AT_MOST_EVERY
            if waited and (lacking or now >= self._until):
                self._fetched = now
                try:
                    self._fetch(now)
                except (OSError, ValueError):  # what we have is better than nothing
                    self._until = now + _AT_MOST_EVERY
            return self._keys

    def _fetch(self, now: datetime) -> None:
        with urllib.request.urlopen(self._url, timeout=5) as answer:  # noqa: S310 - the operator's
            told = re.search(r"max-age=(\d+)", answer.headers.get("Cache-Control", ""))
            self._keys = json.load(answer)
        self._until = now + (timedelta(seconds=int(told[1])) if told else _UNLESS_TOLD)


class Gate:
    """A WSGI application of three addresses: `/`, `/members` and `/pass.js`."""

    def __init__(
        self, issuer: str, origin: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`issuer` is where passes come from, `origin` the site they must be for: this one."""
        self._issuer, self._origin, self._now = issuer, origin, now
        self._keys = Keys(f"{issuer}/api/pass/keys")
        self._blind_keys = Keys(f"{issuer}/api/pass/blind-keys")

    def __call__(self, environ: Mapping[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"] == "/pass.js":
            return _answer(start, "200 OK", _script(), "text/javascript; charset=utf-8")
        level = self.level(environ.get("HTTP_COOKIE", ""))
        if environ["PATH_INFO"] == "/":
            ask = "" if level else self._linked(_ASK)
            return _page(start, "200 OK", "An article", _ARTICLE.format(ask=ask))
        if environ["PATH_INFO"] != "/members":
            return _page(start, "404 Not Found", "Not here", "")
        if level != "member":
            return _page(start, "403 Forbidden", "For members", self._linked(_CLOSED))
        return _page(start, "200 OK", "For members", _OPEN)

    def level(self, cookies: str) -> str | None:
        """What the pass among the cookies shows; None without a good one."""
        try:
            found = SimpleCookie(cookies).get("pass")
            return None if found is None else self._read(found.value)
        except (BadPass, CookieError):
            return None

    def _read(self, text: str) -> str:
        try:
            return self._read_by(text, lacking=False)
        except UnknownKey:
            return self._read_by(text, lacking=True)

    def _read_by(self, text: str, *, lacking: bool) -> str:
        now = self._now()
        return read_pass(
            text,
            keys=self._keys.now(now, lacking=lacking),
            blind_keys=self._blind_keys.now(now, lacking=lacking),
            issuer=self._issuer,
            audience=self._origin,
            now=now,
        )

    def _linked(self, text: str) -> str:
        return text.format(account=f"{self._issuer}/account/pass")


class _Quiet(WSGIRequestHandler):
    """A server that writes nothing down."""

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def _script() -> str:
    """The script of the pages; a site keeps its own copy of this one file."""
    path: Path = asset_folder("static") / "js" / "pass.js"
    return path.read_text(encoding="utf-8")


def _page(start: Start, status: str, title: str, body: str) -> Iterable[bytes]:
    page = _FRAME.format(title=title, body=body)
    return _answer(start, status, page, "text/html; charset=utf-8")


def _answer(start: Start, status: str, text: str, kind: str) -> Iterable[bytes]:
    # Who caches keeps a page for each kind of pass, or none at all.
    start(
        status, [("Content-Type", kind), ("Cache-Control", "private, no-store"), ("Vary", "Cookie")]
    )
    return [text.encode()]


def main() -> None:
    """Serve the gate until it is stopped."""
    parser = argparse.ArgumentParser(description="An example of a gate that believes passes.")
    parser.add_argument("--issuer", default="http://localhost:8000", help="where passes come from")
    parser.add_argument("--port", type=int, default=8090)
    given = parser.parse_args()
    origin = f"http://localhost:{given.port}"
    print(f"{origin}, for passes of {given.issuer}")  # noqa: T201 - a program for the terminal
    gate = Gate(given.issuer, origin)
    with make_server("localhost", given.port, gate, handler_class=_Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
