from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from tests_support.receipts import UK, words

from donations.kernel.database import begin_write
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.money import Money
from donations.receipts import claiming
from donations.receipts.claiming import claim_named, claims, make_claim, rows_of, taken_back
from donations.receipts.declaration_words import wording
from donations.receipts.declaring import declare, person_of, standing, withdraw
from donations.receipts.gift_aid_person import read_person
from donations.receipts.held import held
from donations.receipts.issuing import Press
from donations.receipts.models import GiftAidClaimed, GiftAidDeclaration
from donations.receipts.schedule import Days, Reason, survey
from donations.vault.sealed import destroy_data_key

TYPED = {
    "title": "Ms",
    "first_name": " Vera ",
    "last_name": "House-Martin",
    "house": "12a",
    "address": "Long  Lane, Leeds",
    "postcode": "s192bd",
}
DAY = timedelta(days=1)


@pytest.fixture
def agree(session, master, zone, clock):
    def one(supporter, *, past=False, now=None, **typed):
        return declare(
            session,
            master,
            supporter.id,
            read_person(TYPED | typed, abroad=False),
            past=past,
            wording=wording(UK, "en", past=past),
            zone=zone,
            now=now or clock.now(),
        )

    return one


@pytest.fixture
def days(zone, clock):
    today = clock.now().date()
    return Days(today - timedelta(days=1500), today + timedelta(days=30), zone)


def test_a_person_is_written_as_the_tax_office_wants_it():
    person = read_person(TYPED, abroad=False)
    assert person.first_name == "Vera"
    assert person.address == "Long Lane, Leeds"
    assert person.postcode == "S19 2BD"
    assert read_person(TYPED | {"postcode": ""}, abroad=True).postcode == "X"


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("first_name", " ", "empty"),
        ("last_name", "", "empty"),
        ("house", "", "empty"),
        ("address", "", "empty"),
        ("postcode", "", "empty"),
        ("postcode", "12345", "not_a_postcode"),
        ("title", "Professor", "too_long"),
        ("first_name", "V" * 36, "too_long"),
        ("house", "1" * 41, "too_long"),
    ],
)
def test_what_the_tax_office_would_refuse_is_refused_at_its_field(field, value, reason):
    with pytest.raises(FieldRefused) as refused:
        read_person(TYPED | {field: value}, abroad=False)
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_a_declaration_keeps_its_sentences_and_seals_its_person(session, master, agree, vera):
    made = agree(vera, past=True)
    assert "Free Press Trust" in made.wording
    assert "four years before" in made.wording
    assert "responsibility to pay the difference" in made.wording
    assert b"Leeds" not in made.person_sealed
    assert person_of(session, master, made).house == "12a"
    assert held(session, master, vera)["gift_aid_declarations"][0]["postcode"] == "S19 2BD"


def test_a_new_declaration_takes_the_place_of_the_one_before(session, agree, vera, clock):
    agree(vera)
    second = agree(vera, house="7", now=clock.now() + DAY)
    assert standing(session, vera.id).id == second.id
    first = session.scalars(select(GiftAidDeclaration).order_by(GiftAidDeclaration.id)).first()
    assert first.revoked_at == clock.now() + DAY


def test_gifts_of_the_day_and_later_are_covered_and_earlier_ones_only_if_said(
    session, agree, giving, vera, days, clock
):
    now = clock.now()
    four_years = datetime(2022, 11, 24, tzinfo=UTC) - timedelta(hours=1)  # midnight there
    moments = (four_years - timedelta(seconds=1), four_years, now - DAY)
    for at in (*moments, now - timedelta(hours=1), now + DAY):
        giving.gift(vera, 1000, "gbp", at=at)
    agree(vera)
    assert len(survey(session, days).found) == 2
    agree(vera, past=True, now=now + timedelta(hours=1))
    assert len(survey(session, days).found) == 4
    assert survey(session, days).left == {Reason.UNDECLARED: 1}


def test_what_is_given_after_a_withdrawal_is_not_covered(session, agree, giving, vera, days, clock):
    agree(vera)
    giving.gift(vera, 1000, "gbp", at=clock.now())
    withdraw(session, vera.id, now=clock.now() + timedelta(hours=1))
    withdraw(session, vera.id, now=clock.now() + timedelta(hours=2))
    giving.gift(vera, 1000, "gbp", at=clock.now() + timedelta(minutes=90))
    assert standing(session, vera.id) is None
    found = survey(session, days)
    assert len(found.found) == 1
    assert found.left == {Reason.UNDECLARED: 1}


def test_what_may_not_be_claimed_is_left_out_with_its_reason(
    session, agree, giving, vera, days, clock
):
    now = clock.now()
    agree(vera)
    giving.benefit(126, "gbp", "monthly", from_on=date(2026, 1, 1), at=now)
    good = giving.gift(vera, 1000, "gbp", at=now)
    giving.gift(vera, 1000, "usd", at=now)
    giving.gift(None, 1000, "gbp", at=now)
    giving.gift(vera, 500, "gbp", "monthly", at=now)
    for row in ("refund", "part", "pending", "lost", "open"):
        back = giving.gift(vera, 1000, "gbp", at=now)
        match row:
            case "refund":
                giving.refund(back, 1000, at=now)
            case "part":
                giving.refund(back, 1, at=now)
            case "pending":
                giving.refund(back, 1000, "pending", at=now)
            case "lost":
                giving.dispute(back, 1000, at=now)
            case _:
                giving.dispute(back, 1000, "needs_response", at=now)
    won = giving.gift(vera, 2000, "gbp", at=now)
    giving.dispute(won, 2000, "won", at=now)
    giving.refund(won, 2000, "failed", at=now)
    found = survey(session, days)
    assert [gift.id for gift, _declaration in found.found] == [good.gift_id, won.gift_id]
    assert found.total_minor == 3000
    assert found.left == {
        Reason.CURRENCY: 1,
        Reason.UNDECLARED: 1,
        Reason.BENEFITS: 1,
        Reason.WENT_BACK: 5,
    }


def test_the_days_of_a_claim_are_the_newsroom_s(session, agree, giving, vera, zone, clock):
    agree(vera, past=True)
    for at in ("2026-10-31T22:59:59", "2026-10-31T23:00:00", "2026-11-01T22:59:59"):
        giving.gift(vera, 1000, "gbp", at=datetime.fromisoformat(at).replace(tzinfo=UTC))
    first = date(2026, 11, 1)
    assert len(survey(session, Days(first, first, zone)).found) == 2


def test_the_schedule_has_hmrc_s_columns_and_forms(
    session, master, agree, giving, vera, days, zone, clock
):
    agree(vera)
    giving.gift(vera, 123456, "gbp", at=clock.now())
    claim = make_claim(session, days, by="olga", now=clock.now())
    found = rows_of(session, master, claim, zone)
    assert claiming.COLUMNS == (
        "Title",
        "First name or initial",
        "Last name",
        "House name or number",
        "Postcode",
        "Aggregated donations",
        "Sponsored event",
        "Donation date",
        "Amount",
    )
    assert found.rows == (
        *[("Ms", "Vera", "House Martin", "12a", "S19 2BD", "", "", "24/11/26", Decimal("1234.56"))],
    )


def test_a_gift_is_claimed_once(session, agree, giving, vera, days, clock):
    agree(vera)
    giving.gift(vera, 1000, "gbp", at=clock.now())
    first = make_claim(session, days, by="olga", now=clock.now())
    assert make_claim(session, days, by="olga", now=clock.now()) is None
    assert survey(session, days).left == {Reason.CLAIMED: 1}
    giving.gift(vera, 500, "gbp", at=clock.now())
    make_claim(session, days, by="olga", now=clock.now())
    assert [(made.gifts, made.total) for made in claims(session)] == [
        (1, Money(500, "gbp")),
        (1, Money(1000, "gbp")),
    ]
    assert claim_named(session, first.public_id).made_by == "olga"
    with pytest.raises(NotFound):
        claim_named(session, "nothing")


def test_the_database_itself_refuses_a_second_claim_of_a_gift(
    session, agree, giving, vera, days, clock
):
    declaration = agree(vera)
    giving.gift(vera, 1000, "gbp", at=clock.now())
    claim = make_claim(session, days, by="olga", now=clock.now())
    gift_id = session.scalars(select(GiftAidClaimed.gift_id)).one()
    facts = {"claim_id": claim.id, "declaration_id": declaration.id, "amount_minor": 1}
    begin_write(session)
    session.expunge_all()
    session.add(GiftAidClaimed(gift_id=gift_id, **facts))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_claim_takes_no_more_rows_than_a_schedule_has(
    session, agree, giving, vera, days, clock, monkeypatch
):
    monkeypatch.setattr(claiming, "MOST_ROWS", 2)
    agree(vera, past=True)
    for back in range(3):
        giving.gift(vera, 1000 + back, "gbp", at=clock.now() - back * DAY)
    make_claim(session, days, by="olga", now=clock.now())
    assert claims(session)[0].total == Money(1002 + 1001, "gbp")
    assert len(survey(session, days).found) == 1


def test_what_went_back_after_it_was_claimed_is_owed_to_the_tax_office(
    session, agree, giving, vera, days, clock
):
    agree(vera)
    made = [giving.gift(vera, 1000, "gbp", at=clock.now()) for _ in range(3)]
    make_claim(session, days, by="olga", now=clock.now())
    assert taken_back(session) == (0, Money(0, "gbp"))
    giving.refund(made[0], 500, at=clock.now())
    giving.refund(made[0], 500, at=clock.now())
    giving.dispute(made[1], 1000, at=clock.now())
    assert taken_back(session) == (2, Money(2000, "gbp"))


def test_whoever_was_forgotten_stands_in_no_schedule(
    session, master, agree, giving, vera, days, zone, clock
):
    agree(vera)
    giving.gift(vera, 1000, "gbp", at=clock.now())
    claim = make_claim(session, days, by="olga", now=clock.now())
    begin_write(session)
    destroy_data_key(session, vera.data_key_id, clock.now())
    session.commit()
    found = rows_of(session, master, claim, zone)
    assert (found.rows, found.gone) == ((), 1)


def test_a_receipt_says_that_a_declaration_covers_its_gift(
    session, master, agree, giving, vera, zone, clock
):
    agree(vera)
    receipt = giving.gift(vera, 1000, "gbp", at=clock.now())
    pdf = Press(master, UK, zone).paper(session, receipt.number, now=clock.now()).pdf
    assert "Gift Aid declaration you made on November 24, 2026" in words(pdf)
