"""The sites whose pages ask for passes.  A pass is made for one of them and is led to it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from donations.kernel.database import begin_write
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.ids import public_id
from donations.passes.models import PassSite

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

_LONGEST_ORIGIN: Final = 200
_LONGEST: Final = 500
_PORTS: Final = {"https": 443, "http": 80}
_HERE: Final = frozenset({"localhost", "127.0.0.1"})


def origin_of(url: str) -> str:
    """The origin of an address, as browsers write it.  Raises `ValueError` for no web address."""
    parts = urlsplit(url)
    host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    if parts.scheme not in _PORTS or not host or parts.username or parts.password:
        raise ValueError
    usual = port is None or port == _PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def every_site(session: Session) -> Sequence[PassSite]:
    """Every site, by its origin."""
    return session.scalars(select(PassSite).order_by(PassSite.origin)).all()


def site_named(session: Session, name: str) -> PassSite:
    """A site by its public id.  Raises `NotFound`."""
    site = session.scalar(select(PassSite).where(PassSite.public_id == name))
    if site is None:
        raise NotFound
    return site


def add_site(session: Session, landing: str, *, by: str, now: datetime) -> PassSite:
    """Let passes be made for the site of the page `landing`.  Commits.

    Raises `FieldRefused` for what is no HTTPS address (on this machine HTTP will do), and for a
    site there is already.
    """
    site = PassSite(
        public_id=public_id(),
        origin=_checked_origin(landing),
        landing=landing,
        added_by=by,
        added_at=now,
    )
    begin_write(session)
    session.add(site)
    try:
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise FieldRefused("landing", "site_taken") from error
    return site


def remove_site(session: Session, name: str) -> None:
    """Make no more passes for a site; those made are over within a day or two.  Commits."""
    begin_write(session)
    session.execute(delete(PassSite).where(PassSite.public_id == name))
    session.commit()


def _checked_origin(landing: str) -> str:
    try:
        origin, parts = origin_of(landing), urlsplit(landing)
    except ValueError as error:
        raise FieldRefused("landing", "not_an_address") from error
    plain = parts.scheme == "http" and parts.hostname not in _HERE
    if plain or parts.fragment or not landing.isascii() or not landing.isprintable():
        raise FieldRefused("landing", "not_an_address")
    if len(landing) > _LONGEST or len(origin) > _LONGEST_ORIGIN or " " in landing:
        raise FieldRefused("landing", "not_an_address")
    return origin
