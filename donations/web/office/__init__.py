"""The office: pages for staff.  Importing the package registers every page on `blueprint`."""

from __future__ import annotations

from donations.web.office import (
    dashboard,
    exports,
    gifts,
    inbox,
    income,
    reports,
    sign_in,
    supporters,
    wording,
)
from donations.web.office.blueprint import blueprint

__all__ = (
    "blueprint",
    "dashboard",
    "exports",
    "gifts",
    "inbox",
    "income",
    "reports",
    "sign_in",
    "supporters",
    "wording",
)
