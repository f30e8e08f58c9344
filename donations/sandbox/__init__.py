"""The Stripe sandbox: a separate program that answers as Stripe does, on this machine only.

The application never imports it.  It needs no network and no account, takes any `sk_test_…` key,
and refuses what Stripe refuses: requests are checked, and answers shaped, by the annotations of
the official SDK.  `BEHAVIOUR.md` beside this file gives the source of every rule it follows.
"""

from __future__ import annotations

from typing import Any, Final

API_VERSION: Final = "2026-10-28.endive"

Obj = dict[str, Any]
"""One object as it travels: JSON values.  Keys that begin with `_` never leave the sandbox."""
