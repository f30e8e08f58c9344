"""The links of letters: each opens the page of one action on one membership, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.giving.models import Membership
from donations.jobs.models import Job
from donations.self_service import links as links_module
from donations.self_service.actions import Action
from donations.self_service.models import MembershipOrder

FORMS = {
    Action.AMOUNT: {"amount": "500"},
    Action.FREQUENCY: {"amount": "18000"},
    Action.PAUSE: {"months": "3"},
    Action.SKIP: {},
    Action.MOVE: {"day": "2026-12-31"},
    Action.CANCEL: {"when": "later"},
}


@pytest.fixture
def link(house, joined):
    name = joined()

    def to(action, language="en"):
        return house.action_links.url(action, name, language).removeprefix("http://localhost")

    return to


def orders(session):
    session.rollback()
    return session.scalars(select(MembershipOrder).order_by(MembershipOrder.id)).all()


@pytest.mark.parametrize("action", FORMS)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_looking_changes_nothing_and_names_nobody(client, session, link, action, language):
    for method in ("get", "head"):
        page = getattr(client, method)(link(action, language))
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert "reader.example" not in page.text
        assert "Set-Cookie" not in page.headers
    assert orders(session) == []


@pytest.mark.parametrize("action", FORMS)
def test_one_button_asks_for_it_once_however_often_it_is_pressed(client, session, link, action):
    for _ in range(2):
        page = client.post(link(action), data=FORMS[action])
        assert page.status_code == 200, page.text
        assert "Nothing was taken today." in page.text
    [order] = orders(session)
    assert (order.action, order.via, order.done_at) == (action.value, "link", None)


def test_a_link_of_one_action_opens_no_other(client, session, link):
    token = link(Action.SKIP).rsplit("/", 1)[1]
    for action in set(Action) - {Action.SKIP}:
        for method in ("get", "post"):
            assert getattr(client, method)(f"/support/act/{action}/{token}").status_code == 404
    assert client.get(f"/support/act/steal/{token}").status_code == 404
    assert client.get(f"/support/act/skip/{token}x").status_code == 404
    assert orders(session) == []


def test_another_site_cannot_press_the_button(app, session, link):
    stranger = app.test_client()
    page = stranger.post(link(Action.SKIP), headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 403
    assert orders(session) == []


def test_a_link_whose_time_is_over_does_nothing_and_offers_a_new_one_by_letter(
    client, session, link, monkeypatch
):
    monkeypatch.setattr(links_module, "USUAL", timedelta(seconds=-1))
    page = client.get(link(Action.SKIP))
    assert page.status_code == 410
    assert "This link is over" in page.text
    for _ in range(2):
        page = client.post(link(Action.SKIP))
        assert "A new link is on its way" in page.text
    assert orders(session) == []
    jobs = session.scalars(select(Job).where(Job.kind == "new_link")).all()
    assert [job.arguments["action"] for job in jobs] == ["skip"]


@pytest.mark.parametrize(
    ("action", "form", "said"),
    [
        (Action.AMOUNT, {"amount": "other", "other": "0.5"}, "The smallest amount here is $2."),
        (Action.AMOUNT, {"amount": "other", "other": "<b>"}, "Write the amount in digits only"),
        (Action.AMOUNT, {"amount": "1500"}, "That is what you give already."),
        (Action.AMOUNT, {}, "Enter an amount."),
        (Action.FREQUENCY, {"amount": "other", "other": "5"}, "The smallest amount here is $10."),
        (Action.PAUSE, {"months": "13"}, "from one to twelve"),
        (Action.PAUSE, {"months": "-1"}, "from one to twelve"),
        (Action.MOVE, {"day": "2020-01-01"}, "Choose one of the days named above."),
        (Action.MOVE, {"day": "tomorrow"}, "Choose one of the days named above."),
        (Action.MOVE, {"day": "2026-12-24"}, "That is the day already."),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_keeps_what_was_typed(
    client, session, link, action, form, said
):
    page = client.post(link(action), data=form)
    assert page.status_code == 422
    assert said in page.text
    assert 'class="summary"' in page.text
    assert "<b>" not in page.text
    assert orders(session) == []


def test_covering_the_fee_is_never_ticked_and_makes_the_amount_larger(client, session, link):
    assert 'id="cover" value="yes">' in client.get(link(Action.AMOUNT)).text
    client.post(link(Action.AMOUNT), data={"amount": "1000", "cover": "yes"})
    [order] = orders(session)
    assert order.arguments["amount_minor"] == 1061


def test_ending_it_takes_two_clicks_from_the_letter_and_asks_why_only_afterwards(
    client, session, link
):
    asked = client.get(link(Action.CANCEL))
    assert "Or would one of these do?" in asked.text
    assert asked.text.index("End my support") < asked.text.index("Or would one of these do?")
    assert 'name="reason"' not in asked.text
    page = client.post(link(Action.CANCEL), data={"when": "now"})
    assert "Your support has ended" in page.text
    assert 'name="reason"' in page.text
    session.rollback()
    assert session.scalars(select(Membership.cancel_asked_at)).one() is not None
    for action in FORMS:
        page = client.get(link(action))
        assert "has ended" in page.text


def test_the_cancelling_links_of_earlier_letters_still_work(client, house, session, joined):
    token = house.signer.sign_lasting("membership-cancel", joined())
    assert "End your support?" in client.get(f"/support/cancel/{token}").text
    assert "Your support has ended" in client.post(f"/support/cancel/{token}").text
    session.rollback()
    assert session.scalars(select(Membership.cancel_asked_at)).one() is not None


def test_what_is_owed_is_paid_on_stripes_page_and_only_by_who_is_behind(client, session, link):
    assert client.post(link(Action.PAY)).status_code == 409
    session.scalars(select(Membership)).one().state = "past_due"
    session.commit()
    page = client.get(link(Action.PAY))
    assert "Pay what is owed" in page.text
    away = client.post(link(Action.PAY))  # nobody answers for Stripe here
    assert away.status_code == 503
    assert "The payment page does not answer. Nothing has changed" in away.text
    assert orders(session) == []
