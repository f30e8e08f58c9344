"""Where other programs are told of things: adding an endpoint, letting it rest, waking it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, select

from donations.kernel.database import begin_write
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.ids import public_id
from donations.partners.kinds import Told
from donations.partners.models import PartnerEndpoint
from donations.partners.outward import BadTarget, Outward
from donations.vault.sealed import open_operational, seal_operational

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

ON: Final = "on"
OFF: Final = "off"
GONE: Final = "gone"
_URL: Final = "partner_endpoint.url"
_SECRET: Final = "partner_endpoint.secret"  # noqa: S105 - a column's name
_LONGEST_LABEL: Final = 80


def add_endpoint(
    session: Session,
    master: MasterKey,
    outward: Outward,
    *,
    url: str,
    label: str,
    kinds: Collection[str],
    by: str,
    now: datetime,
) -> tuple[PartnerEndpoint, str]:
    """A new endpoint and its secret, which is shown this once.  Commits.

    Raises `FieldRefused` for an address nothing may be sent to, a label that is empty or too long,
    and for no or unknown kinds.
    """
    if not 0 < len(label) <= _LONGEST_LABEL or not label.isprintable():
        raise FieldRefused("label", "too_long" if label else "empty", most=_LONGEST_LABEL)
    known = [one.value for one in Told if one in kinds]
    if not known or len(known) != len(kinds):
        raise FieldRefused("kinds", "unknown")
    try:
        host = outward.checked(url).hostname or ""
    except BadTarget as error:
        raise FieldRefused("url", error.reason) from error
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    endpoint = PartnerEndpoint(
        public_id=public_id(),
        label=label,
        host=host,
        url_sealed=seal_operational(master, _URL, url),
        secret_sealed=seal_operational(master, _SECRET, secret),
        kinds=known,
        created_by=by,
        created_at=now,
        changed_at=now,
    )
    begin_write(session)
    session.add(endpoint)
    session.commit()
    return endpoint, secret


def every_endpoint(session: Session) -> Sequence[PartnerEndpoint]:
    """Every endpoint: those that are on first, by their label."""
    resting = case((PartnerEndpoint.state == ON, 0), else_=1)
    found = select(PartnerEndpoint).order_by(resting, PartnerEndpoint.label, PartnerEndpoint.id)
    return session.scalars(found).all()


def endpoint_named(session: Session, name: str) -> PartnerEndpoint:
    """An endpoint by its public id.  Raises `NotFound`."""
    found = session.scalar(select(PartnerEndpoint).where(PartnerEndpoint.public_id == name))
    if found is None:
        raise NotFound
    return found


def listeners(session: Session, kind: Told) -> list[PartnerEndpoint]:
    """The endpoints that are told of a kind now."""
    awake = session.scalars(select(PartnerEndpoint).where(PartnerEndpoint.state == ON))
    return [one for one in awake if kind in one.kinds]


def switch(session: Session, name: str, state: str, *, now: datetime) -> None:
    """Let an endpoint rest (`off`) or wake it (`on`).  Commits.  Raises `NotFound`.

    While it rests nothing is kept for it: it is told of what happens once it is awake.
    """
    begin_write(session)
    try:
        endpoint = endpoint_named(session, name)
    except NotFound:
        session.rollback()
        raise
    endpoint.state, endpoint.changed_at = state, now
    session.commit()


def target(master: MasterKey, endpoint: PartnerEndpoint) -> tuple[str, str]:
    """The address of an endpoint, and the secret it is signed to under."""
    return (
        open_operational(master, _URL, endpoint.url_sealed),
        open_operational(master, _SECRET, endpoint.secret_sealed),
    )
