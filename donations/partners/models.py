"""What other programs may do here, and what they are told.  No row holds a personal word."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.kernel.database import Base, RowId, UtcDateTime


class ApiKey(Base):
    """A key of another program: `prefix` names it, `digest` is all that is kept of its secret.

    `window_at` and `window_count` count the requests of the running minute.
    """

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prefix: Mapped[str] = mapped_column(String(12), unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    label: Mapped[str] = mapped_column(String(80))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_on: Mapped[date | None] = mapped_column()
    window_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    window_count: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(80))


class ApiKeyDay(Base):
    """How often a key was used on a day, and how often it was refused; not what it asked."""

    __tablename__ = "api_key_day"

    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    answered: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class PartnerEndpoint(Base):
    """Where another program is told of things: its whole address is sealed, only `host` is shown.

    `kinds` are those it is told of.  `state` is `on`, `off` by staff, or `gone` when it said so.
    """

    __tablename__ = "partner_endpoint"
    __table_args__ = (CheckConstraint("state IN ('on', 'off', 'gone')", name="state"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    label: Mapped[str] = mapped_column(String(80))
    host: Mapped[str] = mapped_column(String(255))
    url_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(5), default="on")
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PartnerEvent(Base):
    """Something that happened, told once: `cause` is what makes it unique.

    `body` is the very text that is signed and sent, the same at every try.
    """

    __tablename__ = "partner_event"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(String(160), unique=True)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PartnerDelivery(Base):
    """An event on its way to one endpoint.

    `state` is `waiting`, `done`, `failed` (given up, may be replayed) or `dropped` (the endpoint
    was off).  `tries` and `first_tried_at` begin afresh when it is replayed.
    """

    __tablename__ = "partner_delivery"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'failed', 'dropped')", name="state"),
        UniqueConstraint("event_id", "endpoint_id"),
        Index("ix_partner_delivery_endpoint_state", "endpoint_id", "state"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("partner_event.id"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("partner_endpoint.id"))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[int | None] = mapped_column()
    problem: Mapped[str | None] = mapped_column(String(80))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    event: Mapped[PartnerEvent] = relationship()
    endpoint: Mapped[PartnerEndpoint] = relationship()


class PartnerStanding(Base):
    """A membership as others were last told of it, so that each change is told once.

    Kept for every membership, whether or not anybody listens: whoever begins to listen is told of
    what happens from then on.
    """

    __tablename__ = "partner_standing"

    membership_id: Mapped[int] = mapped_column(
        ForeignKey("membership.id"), primary_key=True, autoincrement=False
    )
    state: Mapped[str] = mapped_column(String(12))
    frequency: Mapped[str] = mapped_column(String(10))
    amount_minor: Mapped[int] = mapped_column(RowId)
    currency: Mapped[str] = mapped_column(String(3))
    ends_with_period: Mapped[bool] = mapped_column()
    told: Mapped[int] = mapped_column(default=0)
