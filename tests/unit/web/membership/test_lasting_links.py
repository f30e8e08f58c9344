"""The cancelling links of earlier letters: they never end, and do one thing."""

import pytest
from sqlalchemy import select

from donations.giving.models import Membership
from donations.jobs.models import Job
from donations.web.membership.leaving import LASTING


@pytest.fixture
def name(joined):
    return joined(minor=5000)


@pytest.fixture
def path(house, name):
    return f"/support/cancel/{house.signer.sign_lasting(LASTING, name)}"


def asked(session):
    session.rollback()
    return session.scalars(select(Membership)).one().cancel_asked_at


def test_looking_at_the_link_ends_nothing(client, session, path):
    for method in ("get", "head"):
        assert getattr(client, method)(path).status_code == 200
    page = client.get(path)
    assert "$50" in page.text
    assert "End my support" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert asked(session) is None
    assert session.scalars(select(Job)).all() == []


def test_the_button_ends_it_and_a_second_click_says_the_same(client, session, path):
    for _ in range(2):
        assert "Your support has ended" in client.post(path).text
    assert asked(session) is not None
    assert "End my support" not in client.get(path).text


def test_who_ended_it_may_be_asked_once_more_later_and_nobody_before(client, path):
    assert 'class="remind"' not in client.get(path).text
    page = client.post(path).text
    assert 'name="stage" value="winback"' in page
    assert 'name="placement" value="cancelling"' in page


def test_a_form_of_another_site_ends_nothing(app, session, path):
    stranger = app.test_client()
    assert stranger.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert stranger.post(path).status_code == 403
    assert asked(session) is None


@pytest.mark.parametrize("purpose", ["thanks", "reminder"])
def test_a_token_for_another_purpose_ends_nothing(client, house, session, name, purpose):
    token = house.signer.sign_lasting(purpose, name)
    assert client.post(f"/support/cancel/{token}").status_code == 404
    assert asked(session) is None


def test_an_altered_token_ends_nothing(client, session, path):
    for altered in (path[:-4] + "AAAA", f"{path}A", path[:-1]):
        assert client.post(altered).status_code == 404
    assert asked(session) is None
