"""Stores a verified event once and promises to apply it, in one short transaction.

Written with plain SQL on purpose: this runs before Stripe gets its answer, and at renewal time it
runs in bursts.  The body is not stored: everything is asked of Stripe again when applied.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, text

from donations.inbox.models import job_key
from donations.kernel.database import UtcDateTime, begin_write
from donations.vault.sealed import open_operational, seal_operational

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.inbox.models import StripeEvent
    from donations.stripe_gateway.signatures import Hint
    from donations.vault.keys import MasterKey

STRIPE_EVENT_JOB: Final = "stripe_event"
_OBJECT: Final = "stripe_event.object"

_STORE: Final = text(
    "INSERT INTO stripe_event (event_id, type, object_sealed, occurred_at, received_at)"
    " VALUES (:event_id, :type, :object_sealed, :occurred_at, :now)"
    " ON CONFLICT (event_id) DO NOTHING"
).bindparams(bindparam("occurred_at", type_=UtcDateTime), bindparam("now", type_=UtcDateTime))

_PROMISE: Final = text(
    "INSERT INTO job (kind, key, arguments, state, run_at, attempts, created_at)"
    " VALUES (:kind, :key, :arguments, 'ready', :now, 0, :now)"
    " ON CONFLICT (key) DO NOTHING"
).bindparams(bindparam("now", type_=UtcDateTime))


_STORE_AND_PROMISE: Final = text(
    "WITH stored AS ("
    "INSERT INTO stripe_event (event_id, type, object_sealed, occurred_at, received_at)"
    " VALUES (:event_id, :type, :object_sealed, :occurred_at, :now)"
    " ON CONFLICT (event_id) DO NOTHING RETURNING event_id"
    "), promised AS ("
    "INSERT INTO job (kind, key, arguments, state, run_at, attempts, created_at)"
    " SELECT :kind, :key, :arguments, 'ready', :now, 0, :now FROM stored"
    " ON CONFLICT (key) DO NOTHING"
    ") SELECT count(*) FROM stored"
).bindparams(bindparam("occurred_at", type_=UtcDateTime), bindparam("now", type_=UtcDateTime))


def store(session: Session, master: MasterKey, hint: Hint, *, now: datetime) -> bool:
    """Store the event and promise its job; false if it was stored before.  Commits."""
    values = {
        "event_id": hint.event_id,
        "type": hint.type,
        "object_sealed": seal_operational(master, _OBJECT, hint.object_id),
        "occurred_at": hint.occurred_at,
        "now": now,
        "kind": STRIPE_EVENT_JOB,
        "key": job_key(hint.event_id),
        "arguments": json.dumps({"event": hint.event_id}),
    }
    if session.get_bind().dialect.name == "postgresql":
        return _store_at_once(session, values)
    # Past the session's own layer: there is nothing of the ORM's to flush.
    connection = begin_write(session).connection()
    new = connection.execute(_STORE, values).rowcount == 1
    if new:
        connection.execute(_PROMISE, values)
    session.commit()
    return new


def _store_at_once(session: Session, values: dict[str, Any]) -> bool:
    """Both rows in one statement, which is a transaction by itself: one round trip, not four."""
    if session.in_transaction():
        session.rollback()
    connection = session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    stored: int = connection.execute(_STORE_AND_PROMISE, values).scalar_one()
    session.commit()  # nothing is open any more; this gives the connection back
    return stored == 1


def object_of(master: MasterKey, event: StripeEvent) -> str:
    """The id of the Stripe object the event speaks of."""
    return open_operational(master, _OBJECT, event.object_sealed)
