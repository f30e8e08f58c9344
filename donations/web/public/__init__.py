"""The reader's pages.  Importing the package registers every page on `blueprint`."""

from __future__ import annotations

from donations.web.public import (
    cancelling,
    give,
    newsletters,
    reminders,
    standing,
    thanks,
)
from donations.web.public.blueprint import blueprint

__all__ = (
    "blueprint",
    "cancelling",
    "give",
    "newsletters",
    "reminders",
    "standing",
    "thanks",
)
