from datetime import UTC, date, datetime

from tests_support.asking import question, tables

from donations.reports.failed_payments import FAILED_PAYMENTS
from donations.reports.table import Link

AT = datetime(2026, 10, 10, 12, tzinfo=UTC)


def test_overdue_memberships_with_why_since_when_and_what_is_at_risk(session, enrol, give, join):
    person = enrol(1, AT)
    give(AT, 1500, supporter=person)
    late = join(
        person,
        AT,
        state="past_due",
        renews_at=datetime(2026, 12, 10, 23, 30, tzinfo=UTC),
        last_failure_at=datetime(2026, 11, 14, 12, tzinfo=UTC),
        last_failure_code="expired_card",
    )
    join(person, AT, state="incomplete", amount_minor=900)
    join(person, AT)
    join(person, AT, state="past_due", frequency="annual", amount_minor=12000, currency="jpy")
    told = tables(FAILED_PAYMENTS, session, question(session))
    row = next(each for each in told["memberships"] if each["membership"] == late.public_id)
    assert (row["due"], row["days"]) == (date(2026, 11, 11), 13)
    assert (row["last_failure"], row["code"]) == (date(2026, 11, 14), "expired_card")
    assert row["at_risk"].minor == 1500
    assert {each["state"] for each in told["memberships"]} == {"past_due", "incomplete"}
    totals = [
        (row["currency"], row["memberships"], row["at_risk"].minor) for row in told["at_risk"]
    ]
    assert totals == [
        ("JPY", 1, 12000),
        ("USD", 1, 900),
        ("USD", 1, 1500),
        ("JPY", 1, 12000),
        ("USD", 2, 2400),
    ]
    report = FAILED_PAYMENTS.build(session, question(session, currency="jpy"))
    [row] = report.sections[1].rows
    assert row.links["supporter"] == Link("supporter", {"public_id": person.public_id})


def test_an_annual_payment_was_due_a_year_before_the_period_ends(session, enrol, give, join):
    person = enrol(1, AT)
    give(AT, 1500, supporter=person)
    renews_at = datetime(2027, 11, 20, 12, tzinfo=UTC)
    join(person, AT, state="past_due", frequency="annual", renews_at=renews_at)
    [row] = tables(FAILED_PAYMENTS, session, question(session))["memberships"]
    assert (row["due"], row["days"]) == (date(2026, 11, 20), 4)
