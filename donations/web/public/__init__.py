"""The reader's pages.  Importing the package registers every page on `blueprint`."""

from __future__ import annotations

from donations.web.public import (
    calendar_page,
    gift_memberships,
    gift_redeeming,
    give,
    newsletter_choices,
    newsletters,
    quiet,
    receipt_paper,
    reminder_answers,
    reminders,
    standing,
    thanks,
    unfinished,
)
from donations.web.public.blueprint import blueprint

__all__ = (
    "blueprint",
    "calendar_page",
    "gift_memberships",
    "gift_redeeming",
    "give",
    "newsletter_choices",
    "newsletters",
    "quiet",
    "receipt_paper",
    "reminder_answers",
    "reminders",
    "standing",
    "thanks",
    "unfinished",
)
