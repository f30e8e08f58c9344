"""Serves the reader's pages from memory, ahead of routing and templates.

A reader's page is the same for everyone who asks for the same address, so it is rendered once per
edition, language and currency and answered as bytes, compressed once.  What a page was made from
(the `stamp`: edition and day) is looked at again after a moment; if it changed, the page is made
anew.  While the database is away, the page at hand is served on.

Some pages are `told` apart by a marker of the request, of few possible values: such a page is kept
once for each, says so in `Vary`, and is everybody's only where there is no marker.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import brotli
from werkzeug.datastructures import Accept, Headers
from werkzeug.http import parse_accept_header
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FRESH_SECONDS: Final = 2.0
_FOR_EVERYBODY: Final = "public, max-age=60, stale-while-revalidate=600"
_FOR_SOME: Final = "private, no-cache"
_MOST_ENCODINGS: Final = 256
_INDENTATION: Final = re.compile(rb"\n\s+")  # the templates’, for us: no page of these has a <pre>


@dataclass(frozen=True, slots=True)
class Telling:
    """Which paths' pages are told apart, and by what: `by` says "" for nearly everybody."""

    paths: Container[str]
    by: Callable[[WSGIEnvironment], str]


_NOTHING_TOLD: Final = Telling((), lambda _environ: "")
_Address = tuple[str, str, str]


@dataclass(slots=True)
class _Variant:
    etag: str
    headers: list[tuple[str, str]]
    unchanged: list[tuple[str, str]]
    body: list[bytes]


@dataclass(slots=True)
class _Page:
    stamp: Hashable
    fresh_until: float
    variants: dict[str, _Variant]


class PageCache:
    """WSGI in front of the application; keeps answers to the addresses it is told to keep."""

    def __init__(
        self,
        application: WSGIApplication,
        kept: Iterable[tuple[str, str]],
        stamp: Callable[[], Hashable],
        telling: Telling = _NOTHING_TOLD,
    ) -> None:
        """`kept` are (path, query) pairs; `stamp` says what their pages would be made from now."""
        self._application = application
        self._kept = frozenset(kept)
        self._stamp = stamp
        self._telling = telling
        self._pages: dict[_Address, _Page] = {}
        self._encodings: dict[str, str] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or pass the request on and remember the answer."""
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        told = self._telling.by(environ) if path in self._telling.paths else ""
        address = (path, query, told)
        page = self._pages.get(address)
        if page is None or environ["REQUEST_METHOD"] != "GET":
            if (path, query) not in self._kept or environ["REQUEST_METHOD"] != "GET":
                return self._application(environ, start_response)
            return self._make(address, environ, start_response)
        if time.monotonic() > page.fresh_until and not self._still_true(page):
            return self._make(address, environ, start_response)
        return self._answer(page, environ, start_response)

    def _answer(
        self, page: _Page, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        encoding = self._encodings.get(accepted)
        if encoding is None:
            encoding = self._choose(accepted)
        variant = page.variants[encoding]
        if environ.get("HTTP_IF_NONE_MATCH") == variant.etag:
            start_response("304 NOT MODIFIED", variant.unchanged)
            return ()
        start_response("200 OK", variant.headers)
        return variant.body

    def _still_true(self, page: _Page) -> bool:
        try:
            stamp = self._stamp()
        except Exception:  # noqa: BLE001 - whatever ails the database, a reader gets the page
            page.fresh_until = time.monotonic() + FRESH_SECONDS
            return True
        page.fresh_until = time.monotonic() + FRESH_SECONDS
        return stamp == page.stamp

    def _make(
        self,
        address: _Address,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        stamp = self._stamp()
        pieces, status, headers = run_wsgi_app(self._application, environ, buffered=True)
        if not status.startswith("200"):
            start_response(status, headers.to_wsgi_list())
            return pieces
        headers["Vary"] = "Accept-Encoding"
        if address[0] in self._telling.paths:
            headers["Vary"] = "Accept-Encoding, Cookie"
        headers["Cache-Control"] = _FOR_SOME if address[2] else _FOR_EVERYBODY
        body = _INDENTATION.sub(b"\n", b"".join(pieces))
        page = _Page(stamp, time.monotonic() + FRESH_SECONDS, _variants(body, headers))
        self._forget_others(stamp)
        self._pages[address] = page
        return self._answer(page, environ, start_response)

    def _forget_others(self, stamp: Hashable) -> None:
        """Drop what was kept by a marker on another day: no month's pages are kept for ever."""
        for address, page in list(self._pages.items()):
            if address[2] and page.stamp != stamp:
                self._pages.pop(address, None)

    def _choose(self, accepted: str) -> str:
        wanted = parse_accept_header(accepted, Accept)
        best = next((name for name in ("br", "gzip") if wanted.quality(name) > 0), "")
        if len(self._encodings) < _MOST_ENCODINGS:
            self._encodings[accepted] = best
        return best


def _variants(body: bytes, headers: Headers) -> dict[str, _Variant]:
    return {
        "": _variant(body, headers, ""),
        "gzip": _variant(gzip.compress(body, 9, mtime=0), headers, "gzip"),
        "br": _variant(brotli.compress(body, quality=11), headers, "br"),
    }


def _variant(body: bytes, headers: Headers, encoding: str) -> _Variant:
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    shared = Headers(headers)
    shared.remove("Content-Length")
    shared["ETag"] = etag
    whole = Headers(shared)
    whole["Content-Length"] = str(len(body))
    if encoding:
        whole["Content-Encoding"] = encoding
    return _Variant(etag, whole.to_wsgi_list(), shared.to_wsgi_list(), [body])
