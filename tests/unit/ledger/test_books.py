import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.ledger.books import balances, book
from donations.ledger.chart import AGAINST, Account, Kind
from donations.ledger.drafts import About, Draft, Line, Unbalanced
from donations.ledger.models import Entry, Posting


def draft(clock, source="txn_1", kind=Kind.GIFT, amount=5000, fee=175, currency="usd"):
    return Draft.of_movement(
        kind,
        source=source,
        amount=amount,
        fee=fee,
        currency=currency,
        charged=Money(amount, currency),
        occurred_at=clock.now(),
        about=About(frequency="once", gift_reference="gift1"),
    )


def test_a_gift_is_booked_gross_fee_and_net(session, clock):
    begin_write(session)
    assert book(session, draft(clock), now=clock.now())
    session.commit()
    assert balances(session) == {
        ("stripe_balance", "usd"): 4825,
        ("fees", "usd"): 175,
        ("income", "usd"): -5000,
    }


def test_the_same_movement_is_booked_once(session, clock):
    begin_write(session)
    assert book(session, draft(clock), now=clock.now())
    assert not book(session, draft(clock), now=clock.now())
    session.commit()
    assert sum(balances(session).values()) == 0
    assert len(session.scalars(select(Posting)).all()) == 3


def test_refund_and_dispute_stand_in_accounts_of_their_own(session, clock):
    begin_write(session)
    book(session, draft(clock, "txn_2", Kind.REFUND, -2000, 0), now=clock.now())
    book(session, draft(clock, "txn_3", Kind.DISPUTE, -3000, 1500), now=clock.now())
    book(session, draft(clock, "txn_4", Kind.DISPUTE_REVERSED, 3000, 0), now=clock.now())
    session.commit()
    found = balances(session)
    assert found["refunds", "usd"] == 2000
    assert found["disputes", "usd"] == 0
    assert found["dispute_fees", "usd"] == 1500
    assert found["stripe_balance", "usd"] == -3500


def test_an_unbalanced_entry_cannot_exist(clock):
    with pytest.raises(Unbalanced):
        Draft(
            source="x",
            kind=Kind.GIFT,
            charged=Money(1, "usd"),
            occurred_at=clock.now(),
            lines=(Line(Account.INCOME, "usd", -1),),
        )


@pytest.mark.parametrize("table", [Entry, Posting])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_refuses_to_change_the_books(session, clock, table, change):
    begin_write(session)
    book(session, draft(clock), now=clock.now())
    session.commit()
    statement = delete(table) if change == "delete" else update(table).values(id=99)
    with pytest.raises(Exception, match="append-only"):
        session.execute(statement)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    movements=st.lists(
        st.tuples(
            st.sampled_from(list(AGAINST)),
            st.integers(-(10**9), 10**9).filter(bool),
            st.integers(0, 10**6),
            st.sampled_from(["usd", "jpy"]),
        ),
        max_size=20,
    )
)
def test_whatever_moves_every_entry_sums_to_nothing(movements, clock):
    for number, (kind, amount, fee, currency) in enumerate(movements):
        lines = draft(clock, f"t{number}", kind, amount, fee, currency).lines
        assert sum(line.amount_minor for line in lines) == 0
        assert all(line.amount_minor for line in lines)
