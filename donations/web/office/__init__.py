"""The office: pages for staff.  Importing the package registers every page on `blueprint`."""

from __future__ import annotations

from donations.web.office import (
    bank,
    bank_import,
    bank_matching,
    benefits,
    closing,
    dashboard,
    exceptions,
    exports,
    funds,
    gifts,
    inbox,
    income,
    journal,
    offline,
    offline_batch,
    payouts,
    reports,
    sign_in,
    supporters,
    wording,
)
from donations.web.office.blueprint import blueprint

__all__ = (
    "bank",
    "bank_import",
    "bank_matching",
    "benefits",
    "blueprint",
    "closing",
    "dashboard",
    "exceptions",
    "exports",
    "funds",
    "gifts",
    "inbox",
    "income",
    "journal",
    "offline",
    "offline_batch",
    "payouts",
    "reports",
    "sign_in",
    "supporters",
    "wording",
)
