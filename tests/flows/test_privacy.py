"""After a whole journey no plain word of a reader is in the database, its logs or Stripe's metadata."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy import select

from donations.kernel.database import Base
from donations.supporters.models import Supporter
from donations.vault.sealed import Forgotten, destroy_data_key

CANARY = "canary.reader@example.org"
NAME = "Kanarina Ptitsyna"


def everything_in(session):
    session.rollback()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            for value in row:
                yield value if isinstance(value, bytes) else str(value).encode()


@pytest.mark.sandbox_only
def test_no_word_of_a_reader_is_readable_anywhere(live, reader, session):
    with structlog.testing.capture_logs() as logs:
        reader.choose("monthly", "1500")
        reader.pay(email=CANARY, name=NAME)
        live.settle()
        live.stripe.renew()
        live.settle()
    dump = b"\n".join(everything_in(session))
    secrets = [CANARY, "canary.reader", NAME, "Kanarina", "sub_", "cus_", "pi_", "cs_", "in_1"]
    ids = [live.last(kind) for kind in ("customer", "payment_intent", "subscription", "charge")]
    for word in (*secrets, *ids):
        assert word.encode() not in dump, word
    assert CANARY not in repr(logs)
    assert live.outbox.messages[0]["To"] == CANARY


@pytest.mark.sandbox_only
def test_stripe_is_told_nothing_of_the_newsroom_but_a_random_name(live, reader):
    reader.choose("once", "5000")
    reader.pay(email=CANARY)
    live.settle()
    intent = live.sandbox.world.store.tables["payment_intent"][live.last("payment_intent")]
    assert set(intent["metadata"]) == {"donation"}
    assert intent["receipt_email"] is None
    assert "moscow" not in str(intent["metadata"]).lower()


def test_a_forgotten_supporter_is_unreadable_and_the_books_stand(live, reader, session, master):
    from donations.supporters.directory import identity

    reader.choose("once", "5000")
    reader.pay(email=CANARY)
    live.settle()
    before = live.books()
    supporter = session.scalars(select(Supporter)).one()
    destroy_data_key(session, supporter.data_key_id, live.clock.now())
    session.commit()
    with pytest.raises(Forgotten):
        identity(session, master, supporter)
    assert live.books() == before
