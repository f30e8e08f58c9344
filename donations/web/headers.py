"""Security headers on every answer, once for all pages.

The content policy allows what the pages use and nothing else: our own files, and the one inline
style sheet by its hash.  A form may lead to us and, by redirect, to Stripe's pages.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from flask import Flask, Response

# The payment page, the billing portal and the page of a bill.
STRIPE_PAGES = "https://checkout.stripe.com https://billing.stripe.com https://invoice.stripe.com"


def install_headers(app: Flask, *, inline_css: str, payment_base: str, secure: bool) -> None:
    """Add the headers to every response of `app`.

    `payment_base` is where the payment page is served from when it is not Stripe's own.
    """
    payment = STRIPE_PAGES
    if payment_base:
        parts = urlsplit(payment_base)
        payment = f"{parts.scheme}://{parts.netloc}"
    fixed = {
        "Content-Security-Policy": content_policy(inline_css, payment),
        "Referrer-Policy": "same-origin",  # no-referrer would turn our own Origin into null
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    }
    if secure:
        fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def content_policy(inline_css: str, payment: str) -> str:
    """The Content-Security-Policy of every page."""
    digest = base64.b64encode(hashlib.sha256(inline_css.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'self' 'sha256-{digest}'",
            "script-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",  # passkeys and passes ask us, and nobody else
            f"form-action 'self' {payment}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
