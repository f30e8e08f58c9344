"""The newsroom's own day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.reminders.timing import local_date
from donations.web.house import house

if TYPE_CHECKING:
    from datetime import date


def today() -> date:
    """Today, where the newsroom is."""
    return local_date(house().clock.now(), house().newsroom.zone)
