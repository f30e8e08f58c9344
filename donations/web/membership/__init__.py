"""What a supporter does with a membership, reached by a link in a letter or from the account."""

from __future__ import annotations

from donations.web.membership import by_account, by_link, leaving, still_reading

__all__ = ("by_account", "by_link", "leaving", "still_reading")
