"""How somebody came to a membership's page, and what they may do there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from donations.self_service.actions import Action


@dataclass(frozen=True, slots=True)
class Admission:
    """One action on one membership, by a link or from the account.

    `here` is the page's own address, `elsewhere` gives that of another action's page by the same
    way in; `token` goes into its form where the way in has one; `home` is where to go afterwards.
    """

    action: Action
    public_id: str
    via: str
    here: str
    elsewhere: Callable[[Action], str]
    home: str | None = None
    token: str = ""
