"""The fund a shared link names: asked of the database each time, believed only while it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from donations.giving.funds import fund_name, open_fund

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class FundView:
    """A fund that takes gifts, as its readers know it."""

    code: str
    name: str


def chosen_fund(session: Session, code: str | None) -> FundView | None:
    """The open fund with this code; None for none, and for any word that is no open fund's."""
    fund = open_fund(session, code or "")
    return None if fund is None else FundView(fund.code, fund.name)


def given_to(session: Session, code: str) -> str | None:
    """The name of the fund a gift went to, open or not; None for what is general."""
    return fund_name(session, code)
