"""Making passes for whoever supports us.

A signed pass says by whom and for which site it was made, until when, and the level; nothing about
who has it.  Its times are rounded to the hour and Ed25519 signs the same text the same way, so all
passes of an hour, a site and a level are the very same bytes: nobody can tell two readers apart by
them, and neither can we.

A blind pass is signed unseen, so not even we could link it to the moment it was asked for.  We
count how many somebody took on a day and keep nothing else.  A pass may be used any number of
times, and lent: it hides asks and opens a gate that costs nothing, it is no ticket.
"""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import delete

from donations.kernel.database import begin_write, insert_into
from donations.kernel.errors import NotAllowed, NotFound
from donations.passes.blind import BadBlindedMessage, PrivateKey, PublicKey, blind_sign
from donations.passes.entitled import Level
from donations.passes.keys import BLIND, JWT, JWT_ALGORITHM, PASS_LIVES, private_part, signing_key
from donations.passes.models import PassCount

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

BLIND_A_DAY: Final = 20
_HOUR: Final = timedelta(hours=1)


def signed_pass(
    session: Session,
    master: MasterKey,
    level: Level,
    *,
    issuer: str,
    audience: str,
    now: datetime,
) -> str:
    """A signed pass for the site `audience` (its origin), good for 23 to 24 hours.

    The keys are there (`keys.ensure_keys`).
    """
    row = signing_key(session, JWT, "", now)
    key = OKPKey.import_key(_any(private_part(master, row)))
    begun = int(now.timestamp()) // int(_HOUR.total_seconds()) * int(_HOUR.total_seconds())
    claims = {
        "iss": issuer,
        "aud": audience,
        "level": level.value,
        "iat": begun,
        "exp": begun + int(PASS_LIVES.total_seconds()),
    }
    header = {"alg": JWT_ALGORITHM, "kid": row.kid}
    return jwt.encode(header, claims, key, algorithms=[JWT_ALGORITHM])


def blind_signed(
    session: Session,
    master: MasterKey,
    supporter_id: int,
    level: Level,
    *,
    kid: str,
    blinded: str,
    now: datetime,
) -> str:
    """The signature of a message we cannot read, base64url; counts it and commits.

    `kid` names the key the reader's browser hid it for.  Raises `NotAllowed` for `changed_key`
    (that key does not sign now), `other_level`, `too_many` of a day or `not_blinded`.
    """
    row = _key_named(session, level, kid, now)
    private = private_part(master, row)
    session.rollback()
    _count(session, master, supporter_id, now)
    try:
        signature = blind_sign(private_key(private), unbase64(blinded))
    except (BadBlindedMessage, binascii.Error, ValueError) as error:
        session.rollback()
        raise NotAllowed("not_blinded") from error
    session.commit()
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


def private_key(jwk: dict[str, Any]) -> PrivateKey:
    """The numbers of a private RSA key (RFC 7518, 6.3)."""
    n, e, d, p, q = (int.from_bytes(unbase64(jwk[name])) for name in "nedpq")
    return PrivateKey(PublicKey(n, e), d, p, q)


def unbase64(text: str) -> bytes:
    """Bytes from base64url without padding.  Raises `binascii.Error` or `ValueError`."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _key_named(session: Session, level: Level, kid: str, now: datetime) -> Any:  # noqa: ANN401 - a row
    for one in level.covers:
        try:
            row = signing_key(session, BLIND, one.value, now)
        except NotFound:
            continue
        if row.kid == kid:
            return row
    raise NotAllowed("changed_key")


def _count(session: Session, master: MasterKey, supporter_id: int, now: datetime) -> None:
    """Take one of the day's blind passes; the index of another day does not meet this one's."""
    begin_write(session)
    day = now.date()
    session.execute(delete(PassCount).where(PassCount.day < day))
    taker = master.index("pass taker", f"{day.isoformat()}:{supporter_id}")
    counted = (
        insert_into(session, PassCount)
        .values(taker_index=taker, day=day, taken=1)
        .on_conflict_do_update(index_elements=["taker_index"], set_={"taken": PassCount.taken + 1})
        .returning(PassCount.taken)
    )
    if session.scalars(counted).one() > BLIND_A_DAY:
        session.rollback()
        raise NotAllowed("too_many")


def _any(value: dict[str, Any]) -> Any:  # noqa: ANN401 - joserfc's own dictionary types
    return value
