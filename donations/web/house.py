"""What a route may use: the parts `create_app` wired together, handed over as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from flask import current_app

from donations.mailer.returns.doors import Doors
from donations.newsletters.links import Links
from donations.self_service.links import ActionLinks

if TYPE_CHECKING:
    from donations.giving.price_list import PriceList
    from donations.giving.statement import Statement
    from donations.kernel.clock import Clock
    from donations.kernel.newsroom import Newsroom
    from donations.kernel.tokens import Signer
    from donations.ledger.codes import Codes
    from donations.mailer.postbox import Postbox
    from donations.newsletters.audiences.audience import Audience
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

EXTENSION: Final = "donations"


@dataclass(frozen=True, slots=True)
class House:
    """The wired parts.  Nothing in it changes while the application runs."""

    newsroom: Newsroom
    price_list: PriceList
    statement: Statement
    codes: Codes
    clock: Clock
    gateway: Gateway
    master: MasterKey
    signer: Signer
    postbox: Postbox
    base_url: str
    webhook_secret: str
    metrics_token: str = ""
    broker_url: str = field(default="", repr=False)
    audience: Audience | None = None
    mail_doors: Doors = field(default_factory=Doors)
    dkim_selector: str = ""

    @property
    def newsletter_links(self) -> Links:
        """What makes and reads the links of the newsletters."""
        return Links(self.signer, self.base_url, self.newsroom)

    @property
    def action_links(self) -> ActionLinks:
        """What makes and reads the links that do one thing to one membership."""
        return ActionLinks(self.signer, self.base_url, self.newsroom)


def house() -> House:
    """The parts of the application that is answering now."""
    return cast("House", current_app.extensions[EXTENSION])
