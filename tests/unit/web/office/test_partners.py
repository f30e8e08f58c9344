import re

import pytest
from sqlalchemy import select

from donations.partners.kinds import Scope, Told
from donations.partners.models import ApiKey, PartnerDelivery, PartnerEndpoint, PartnerEvent
from donations.partners.telling import tell
from donations.web.office import partner_endpoints, partners  # noqa: F401 - register their pages

HOOK = {"label": "CMS", "url": "https://hook.example/secret?token=abc", "kinds": "gift.paid"}


@pytest.fixture
def admin(sign_in):
    return sign_in("admin")


def only(session, what):
    session.rollback()
    session.expire_all()
    return session.scalars(select(what)).one()


def happen(session, clock, cause="one"):
    tell(session, Told.PAID, None, cause=cause, now=clock.now())
    session.commit()


def test_only_an_administrator_sees_other_programs(sign_in):
    for role in ("finance", "accountant", "support", "editor"):
        assert sign_in(role).get("/office/partners").status_code == 403


def test_a_page_without_anything_says_what_will_be_there(admin):
    page = admin.get("/office/partners").text
    assert page.count('class="empty"') == 3
    assert "http://localhost/api/pass/keys" in page
    for one in (*Scope, *Told):
        assert f'value="{one.value}"' in page


def test_a_key_is_shown_once_and_revoked(admin, session):
    answer = admin.post("/office/partners/keys", label="CMS", scopes="lookup")
    token = re.search(r"dk_[0-9a-z]{8}_[\w-]{43}", answer.text)[0]
    key = only(session, ApiKey)
    assert (key.label, key.scopes, key.created_by) == ("CMS", ["lookup"], "admin")
    page = admin.get("/office/partners").text
    assert token not in page and f"dk_{key.prefix}_…" in page
    assert admin.post(f"/office/partners/keys/{key.prefix}/revoke").status_code == 303
    assert only(session, ApiKey).revoked_by == "admin"
    assert "Revoked" in admin.get("/office/partners").text


@pytest.mark.parametrize("fields", [{"label": "", "scopes": "lookup"}, {"label": "CMS"}])
def test_a_key_without_a_label_or_a_scope_is_refused(admin, session, fields):
    answer = admin.post("/office/partners/keys", **fields)
    assert answer.status_code == 422
    assert 'class="problem"' in answer.text
    assert session.scalars(select(ApiKey)).all() == []


def test_a_site_is_added_and_removed(admin):
    added = admin.post("/office/partners/sites", landing="https://news.example/supporters")
    assert added.status_code == 303
    page = admin.get("/office/partners").text
    assert "https://news.example</code>" in page
    again = admin.post("/office/partners/sites", landing="https://news.example/other")
    assert again.status_code == 422
    path = re.search(r'action="(/office/partners/sites/\w+/remove)"', page)[1]
    assert admin.post(path).status_code == 303
    assert "https://news.example</code>" not in admin.get("/office/partners").text
    assert admin.post("/office/partners/sites", landing="news").status_code == 422


def test_an_endpoint_is_added_with_a_secret_shown_once(admin, session):
    answer = admin.post("/office/partners/endpoints", **HOOK)
    secret = re.search(r"whsec_[\w-]{43}", answer.text)[0]
    row = only(session, PartnerEndpoint)
    assert (row.host, row.kinds) == ("hook.example", ["gift.paid"])
    listed = admin.get("/office/partners").text
    assert "hook.example" in listed and "token=abc" not in listed
    page = admin.get(f"/office/partners/endpoints/{row.public_id}").text
    assert "token=abc" in page and secret not in page


def test_an_endpoint_inside_is_taken_on_a_developers_machine_alone(admin, session, monkeypatch):
    inside = {**HOOK, "url": "http://127.0.0.1:9/hook"}
    with monkeypatch.context() as public:
        public.setattr(partner_endpoints, "is_development", lambda _url: False)
        assert admin.post("/office/partners/endpoints", **inside).status_code == 422
        assert session.scalars(select(PartnerEndpoint)).all() == []
    assert admin.post("/office/partners/endpoints", **inside).status_code == 200
    assert only(session, PartnerEndpoint).host == "127.0.0.1"


def test_deliveries_are_seen_and_sent_again(admin, session, clock):
    admin.post("/office/partners/endpoints", **HOOK)
    row = only(session, PartnerEndpoint)
    happen(session, clock)
    event = only(session, PartnerEvent).public_id
    path = f"/office/partners/endpoints/{row.public_id}"
    assert "Under way" in admin.get(path).text
    delivery = only(session, PartnerDelivery)
    delivery.state, delivery.tries, delivery.status = "failed", 9, 500
    session.commit()
    page = admin.get(path).text
    assert "Gave up" in page and "(1)" in page and event in page
    assert admin.post(f"{path}/replay", event=event).status_code == 303
    assert only(session, PartnerDelivery).state == "waiting"
    assert admin.post(f"{path}/replay", event="evt_nobody").status_code == 404
    delivery = only(session, PartnerDelivery)
    delivery.state = "failed"
    session.commit()
    assert admin.post(f"{path}/replay").status_code == 303
    assert only(session, PartnerDelivery).state == "waiting"


def test_an_endpoint_that_is_off_is_not_sent_to_until_it_is_on(admin, session, clock):
    admin.post("/office/partners/endpoints", **HOOK)
    row = only(session, PartnerEndpoint)
    path = f"/office/partners/endpoints/{row.public_id}"
    happen(session, clock)
    assert admin.post(f"{path}/switch", state="off").status_code == 303
    assert only(session, PartnerEndpoint).state == "off"
    answer = admin.post(f"{path}/replay")
    assert answer.status_code == 422 and "Turn it on first" in answer.text
    assert admin.post(f"{path}/switch", state="on").status_code == 303
    assert only(session, PartnerEndpoint).state == "on"
    assert admin.get("/office/partners/endpoints/nobody").status_code == 404
