"""A supporter's own pages.  Importing the package registers every page on `blueprint`."""

from __future__ import annotations

from donations.web.account import (
    gift_aid,
    gifts_given,
    group,
    history,
    letters,
    mailbox,
    my_data,
    overview,
    pass_page,
    passkeys,
    receipts,
    settings,
    sign_in,
)
from donations.web.account.blueprint import blueprint

__all__ = (
    "blueprint",
    "gift_aid",
    "gifts_given",
    "group",
    "history",
    "letters",
    "mailbox",
    "my_data",
    "overview",
    "pass_page",
    "passkeys",
    "receipts",
    "settings",
    "sign_in",
)
