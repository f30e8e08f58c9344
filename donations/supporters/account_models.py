"""Ways into an account: letters with a link, signed-in browsers, passkeys.

None of these rows holds what opens an account: of links, browsers and challenges only digests are
kept, of passkeys the public half alone, sealed under the supporter's own key.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime

LONGEST_PATH = 200


class SignInAsk(Base):
    """Somebody typed an address and asked for a link; whether it is known here is not asked.

    `next_path` is where they were going, a page of the account.
    """

    __tablename__ = "sign_in_ask"
    __table_args__ = (
        Index("ix_sign_in_ask_address", "email_index", "asked_at"),
        # Its number is in the keys of a job and a letter, which outlive it: never used again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    language: Mapped[str] = mapped_column(String(8))
    next_path: Mapped[str] = mapped_column(String(LONGEST_PATH), server_default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AccountLink(Base):
    """A link that was written to a supporter; opens their account once."""

    __tablename__ = "account_link"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    next_path: Mapped[str] = mapped_column(String(LONGEST_PATH), server_default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountSession(Base):
    """A signed-in browser, known by the digest of its token, ended by time or by hand."""

    __tablename__ = "account_session"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A passkey's public half.  `uses` is the authenticator's own count, 0 where it keeps none.

    `synced` is whether its owner's other devices have it too.
    """

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    credential_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    credential_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    key_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    uses: Mapped[int] = mapped_column(RowId, default=0)
    synced: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasskeyChallenge(Base):
    """What a passkey is asked to sign, once; without a supporter it is to sign somebody in."""

    __tablename__ = "passkey_challenge"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    challenge_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    supporter_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
