from __future__ import annotations

import pytest
from sqlalchemy import select
from tests_support import gifting, groups

from donations.entitlements.gift_words import token_of
from donations.jobs.models import Job
from donations.web.office import gift_memberships as _page  # noqa: F401 - registers it

PATH = "/office/gift-memberships"


@pytest.mark.parametrize(
    ("role", "status"),
    [("support", 200), ("finance", 200), ("admin", 200), ("accountant", 200), ("editor", 403)],
)
def test_who_may_look(sign_in, role, status):
    assert sign_in(role).get(PATH).status_code == status


def test_staff_see_states_and_days_and_nobody(sign_in, session, master, clock):
    gift = gifting.buy(session, master, clock.now())
    token = token_of(master, gift)
    page = sign_in("support").get(PATH).text
    assert gift.public_id in page and "Paid, waits" in page and "$100.00" in page
    for secret in (gifting.BORIS, gifting.VERA, token, "birthday"):
        assert secret not in page


def test_a_state_is_filtered_by_and_a_word_that_is_none_is_refused(sign_in, session, master, clock):
    gift = gifting.buy(session, master, clock.now())
    staff = sign_in("finance")
    assert gift.public_id in staff.get(f"{PATH}?state=paid").text
    assert gift.public_id not in staff.get(f"{PATH}?state=refunded").text
    assert staff.get(f"{PATH}?state=lost").status_code == 400


def test_a_long_list_goes_on(sign_in, session, master, clock, monkeypatch):
    monkeypatch.setattr("donations.entitlements.gift_listing.AT_ONCE", 2)
    names = [
        gifting.order(session, master, clock.now(), f"gift{number:08}").public_id
        for number in range(3)
    ]
    staff = sign_in("finance")
    first = staff.get(PATH).text
    assert names[0] not in first and names[2] in first
    after = first.split("after=")[1].split('"')[0]
    assert names[0] in staff.get(f"{PATH}?after={after}").text


def test_the_buyers_letter_is_promised_again_once_a_day(sign_in, session, master, clock):
    gift = gifting.buy(session, master, clock.now())
    name, staff = gift.public_id, sign_in("support")
    for _ in range(2):
        answer = staff.client.post(f"{PATH}/{name}/write", data={"csrf_token": staff.token(PATH)})
        assert answer.status_code == 303
    session.rollback()
    keys = session.scalars(select(Job.key).where(Job.kind == "gift_bought")).all()
    assert sorted(keys) == [f"gift_bought:{name}", f"gift_bought:{name}:2026-11-24"]


def test_finance_writes_to_nobody(sign_in, session, master, clock):
    gift = gifting.buy(session, master, clock.now())
    staff = sign_in("finance")
    assert staff.post(f"{PATH}/{gift.public_id}/write").status_code == 403


def test_a_link_that_opens_nothing_is_not_sent(sign_in, session, master, clock):
    gift = gifting.buy(session, master, clock.now())
    name = gift.public_id
    gift.state = "expired"
    session.commit()
    staff = sign_in("support")
    assert staff.post(f"{PATH}/{name}/write").status_code == 409
    assert staff.post(f"{PATH}/nothing/write").status_code == 404


def test_the_letter_sent_again_goes_out_beside_the_first(
    sign_in, session, master, clock, house, outbox
):
    gift = gifting.buy(session, master, clock.now())
    work = gifting.work_of(house)
    gifting.run(work, session, "gift_bought", clock.now())
    sign_in("support").post(f"{PATH}/{gift.public_id}/write")
    gifting.run(work, session, "gift_bought", clock.now())
    assert [letter["To"] for letter in outbox.messages] == [gifting.VERA] * 2


def test_groups_are_listed_by_their_numbers(sign_in, session, master, clock):
    held = groups.group(session, master, clock.now(), seats=4, paid=3)
    page = sign_in("support").get(PATH).text
    assert held.membership.public_id in page
    assert '<td class="n">4</td><td class="n">3</td><td class="n">0</td>' in page
