"""Funds: purposes a gift may be given for.  What is given for none is general, and always may be.

A fund that is closed takes no new gift.  A membership that was promised to it goes on giving to
it: its supporter said what the money is for, and only they can say otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.giving.fund_models import Fund
from donations.giving.models import Checkout, Membership
from donations.giving.states import MembershipState
from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

GENERAL: Final = ""
LONGEST_NAME: Final = 120
_CODE: Final = re.compile(r"[a-z0-9-]{2,30}")


def add_fund(session: Session, code: str, name: str, *, restricted: bool, on: date) -> Fund:
    """Open a fund.  Commits.  Raises `FieldRefused` for a code or name that cannot be."""
    code, name = code.strip(), _checked_name(name)
    if not _CODE.fullmatch(code):
        raise FieldRefused("code", "not_a_code")
    with writing(session):
        if session.get(Fund, code) is not None:
            raise FieldRefused("code", "code_taken")
        fund = Fund(code=code, name=name, restricted=restricted, opened_on=on)
        session.add(fund)
    return fund


def rename_fund(session: Session, code: str, name: str) -> None:
    """Give a fund another name; its code is what the books know.  Commits.  Raises `NotFound`."""
    name = _checked_name(name)
    with writing(session):
        fund_named(session, code).name = name


def close_fund(session: Session, code: str, *, on: date) -> None:
    """Let a fund take no new gift from now on.  Commits.  Closing twice closes once."""
    with writing(session):
        fund = fund_named(session, code)
        if fund.closed_on is None:
            fund.closed_on = on


def fund_named(session: Session, code: str) -> Fund:
    """The fund with this code.  Raises `NotFound`."""
    fund = session.get(Fund, code) if _CODE.fullmatch(code) else None
    if fund is None:
        raise NotFound
    return fund


def open_fund(session: Session, code: str) -> Fund | None:
    """The fund with this code if it takes gifts; None for any other word."""
    try:
        fund = fund_named(session, code)
    except NotFound:
        return None
    return fund if fund.closed_on is None else None


def every_fund(session: Session) -> Sequence[Fund]:
    """All funds, the open ones first, by name."""
    return session.scalars(select(Fund).order_by(Fund.closed_on.is_not(None), Fund.name)).all()


def open_funds(session: Session) -> Sequence[Fund]:
    """The funds that take gifts, by name."""
    return session.scalars(select(Fund).where(Fund.closed_on.is_(None)).order_by(Fund.name)).all()


def fund_name(session: Session, code: str) -> str | None:
    """What readers know a fund by; None for what is general."""
    return None if code == GENERAL else session.scalar(select(Fund.name).where(Fund.code == code))


def memberships_giving_to(session: Session, code: str) -> int:
    """How many memberships go on giving to a fund."""
    statement = (
        select(func.count())
        .select_from(Membership)
        .join(Checkout, Checkout.id == Membership.checkout_id)
        .where(Checkout.fund == code, Membership.state != MembershipState.ENDED)
    )
    return session.scalar(statement) or 0


def _checked_name(name: str) -> str:
    text = " ".join(name.split())
    if not text:
        raise FieldRefused("name", "empty")
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise FieldRefused("name", "too_long", most=LONGEST_NAME)
    return text
