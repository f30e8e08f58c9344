"""The keys of passes: made at first use, turned over in time, forgotten when over.

- `jwt`: Ed25519 (RFC 8037), named by its full name as RFC 9864 asks.  It signs for 30 days and is
  published from a day before until its last pass is over.
- `blind`: RSA of 2048 bits, one for each level and day in UTC.  A blind pass has no date in it that
  its signer could vouch for, so the key carries it: such passes are good until the end of the day
  after the key's own.

The private part is sealed under the master key, and destroyed once the key signs no more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from joserfc.jwk import OKPKey, RSAKey
from sqlalchemy import select, update

from donations.kernel.database import begin_write, insert_into
from donations.kernel.errors import NotFound
from donations.kernel.ids import public_id
from donations.passes.entitled import Level
from donations.passes.models import PassKey
from donations.vault.sealed import open_operational, seal_operational

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

JWT: Final = "jwt"
BLIND: Final = "blind"
JWT_ALGORITHM: Final = "Ed25519"
BLIND_ALGORITHM: Final = "RSABSSA-SHA384-PSS-Randomized"
PASS_LIVES: Final = timedelta(hours=24)
_COLUMN: Final = "pass_key.private"
_DAY: Final = timedelta(days=1)
_TERM: Final = timedelta(days=30)
_BLIND_BITS: Final = 2048
_SHOWN_BEFORE: Final = {JWT: timedelta(days=1), BLIND: timedelta(hours=2)}
_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Term:
    """The time of one key: of which kind, for which level, from when."""

    kind: str
    level: str
    starts_at: datetime

    @property
    def signs_until(self) -> datetime:
        """When the next key takes over."""
        return self.starts_at + (_TERM if self.kind == JWT else _DAY)

    @property
    def valid_until(self) -> datetime:
        """When the last pass under the key is over."""
        return self.signs_until + (PASS_LIVES if self.kind == JWT else _DAY)


def terms(now: datetime) -> list[Term]:
    """The terms whose keys are to be there at `now`: the running, and those about to begin."""
    days = (now - _BEGAN) // _DAY
    starts = {JWT: _BEGAN + (days // _TERM.days) * _TERM, BLIND: _BEGAN + days * _DAY}
    running = [Term(JWT, "", starts[JWT])]
    running += [Term(BLIND, level.value, starts[BLIND]) for level in Level]
    coming = [Term(one.kind, one.level, one.signs_until) for one in running]
    return running + [one for one in coming if one.starts_at - now <= _SHOWN_BEFORE[one.kind]]


def ensure_keys(session: Session, master: MasterKey, now: datetime) -> None:
    """Make the keys that are missing, and destroy the private parts of those that sign no more.

    Ends whatever transaction is open, and commits its own if there was anything to do.  Two who do
    it at once make one key: the first to be stored counts.
    """
    wanted = terms(now)
    missing = [one for one in wanted if one not in _kept(session, wanted)]
    session.rollback()
    if not missing:
        return
    made = [_made(master, one) for one in missing]  # before the writer's place is taken
    begin_write(session)
    where = ["kind", "level", "starts_at"]
    session.execute(
        insert_into(session, PassKey)
        .on_conflict_do_nothing(index_elements=where)
        .returning(PassKey.id),
        made,
    ).all()
    over = update(PassKey).where(PassKey.signs_until <= now, PassKey.private_sealed.is_not(None))
    session.execute(over.values(private_sealed=None))
    session.commit()


def signing_key(session: Session, kind: str, level: str, now: datetime) -> PassKey:
    """The key that signs at `now`.  Raises `NotFound` until `ensure_keys` has made it."""
    running = (PassKey.starts_at <= now, PassKey.signs_until > now)
    wanted = select(PassKey).where(PassKey.kind == kind, PassKey.level == level, *running)
    key = session.scalar(wanted)
    if key is None:
        raise NotFound
    return key


def private_part(master: MasterKey, key: PassKey) -> dict[str, Any]:
    """A key's private JWK.  Raises `NotFound` once it signs no more."""
    if key.private_sealed is None:
        raise NotFound
    opened: dict[str, Any] = json.loads(open_operational(master, _COLUMN, key.private_sealed))
    return opened


def published(session: Session, kind: str, now: datetime) -> Sequence[PassKey]:
    """The keys of a kind under which a pass may be good now or soon, the oldest first."""
    shown = select(PassKey).where(PassKey.kind == kind, PassKey.valid_until > now)
    return session.scalars(shown.order_by(PassKey.starts_at, PassKey.level)).all()


def _kept(session: Session, wanted: list[Term]) -> set[Term]:
    earliest = min(one.starts_at for one in wanted)
    rows = session.execute(
        select(PassKey.kind, PassKey.level, PassKey.starts_at).where(PassKey.starts_at >= earliest)
    )
    return {Term(kind, level, starts_at) for kind, level, starts_at in rows}


def _made(master: MasterKey, term: Term) -> dict[str, Any]:
    day = term.starts_at.strftime("%Y%m%d")
    parts = (day, *([term.level] if term.level else []), public_id(6))
    kid = "-".join(parts)
    algorithm = JWT_ALGORITHM if term.kind == JWT else BLIND_ALGORITHM
    named: Any = {"kid": kid, "use": "sig", "alg": algorithm}
    key: OKPKey | RSAKey
    if term.kind == JWT:
        key = OKPKey.generate_key("Ed25519", parameters=named)
    else:
        key = RSAKey.generate_key(_BLIND_BITS, parameters=named)
    return {
        "kid": kid,
        "kind": term.kind,
        "level": term.level,
        "public": json.dumps(key.as_dict(private=False), sort_keys=True),
        "private_sealed": seal_operational(master, _COLUMN, json.dumps(key.as_dict(private=True))),
        "starts_at": term.starts_at,
        "signs_until": term.signs_until,
        "valid_until": term.valid_until,
    }
