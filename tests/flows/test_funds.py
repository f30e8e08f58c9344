"""A reader gives to a fund by a shared link; gift, books and receipt know it, renewals too."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from donations.giving.funds import add_fund
from donations.giving.models import Gift
from donations.ledger.models import Posting


def test_a_gift_for_a_fund_is_income_of_the_fund_and_its_renewal_too(live, reader, session):
    add_fund(session, "deep", "Deep reporting", restricted=True, on=date(2026, 11, 24))
    reader.see("/support?fund=deep")
    reader.send(reader._form_with("frequency"), frequency="monthly", amount_monthly="1500")
    assert "Deep reporting" in reader.text()
    reader.send(reader._form_with("attempt"))
    reader.pay()
    live.settle()
    reader.see(reader.page.url.removeprefix(live.base_url))
    assert "Deep reporting" in reader.text()
    live.stripe.renew()
    live.settle()
    session.rollback()
    assert session.scalars(select(Gift.fund)).all() == ["deep", "deep"]
    lines = session.scalars(select(Posting).where(Posting.account == "income")).all()
    assert [(line.amount_minor, line.fund) for line in lines] == [(-1500, "deep")] * 2
    body = live.outbox.messages[0].get_body(("plain",)).get_content()
    assert "It goes to: Deep reporting" in body
