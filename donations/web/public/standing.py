"""The pages that stand still: safer ways to help, and the privacy policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template

from donations.web.house import house
from donations.web.public.blueprint import page
from donations.web.public.guard import country_names

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@page("/support/safer", name="safer")
def show_safer() -> ResponseReturnValue:
    """For readers whom a gift could put in danger."""
    countries = country_names(house().newsroom, g.language)
    return render_template("public/safer.html", countries=countries)


@page("/privacy", name="privacy")
def show_privacy() -> ResponseReturnValue:
    """What is kept, for how long, and how to have it erased."""
    audience = house().audience
    service = None if audience is None else audience.service
    return render_template(
        "public/privacy.html",
        mailing_service=service,
        reminder_kept_days=house().newsroom.reminder_kept_days,
    )
