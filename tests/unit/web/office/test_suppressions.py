import re

import pytest
from sqlalchemy import func, select

from donations.kernel.database import begin_write
from donations.mailer.models import Suppression
from donations.mailer.suppressing import suppress

TO = "Reader@example.org"


@pytest.fixture
def suppressed(session, master, clock):
    begin_write(session)
    index = master.index("email", TO.lower())
    for scope, reason in (("everything", "bounced"), ("reminders", "asked")):
        suppress(session, index, scope, reason=reason, source="postmark", now=clock.now())
    session.commit()


def lifted_with(staff, shown):
    """The fields of the first lifting form."""
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', shown)[1] for name in ("index", "scope")
    }


def test_an_address_is_looked_up_whole_and_never_shown_again(sign_in, suppressed):
    shown = sign_in("support").post("/office/suppressions", email=TO)
    assert shown.status_code == 200
    assert "there is no such mailbox" in shown.text
    assert "They asked for it." in shown.text
    assert "reader@example" not in shown.text.lower()


def test_nothing_is_listed_without_an_address(sign_in, suppressed):
    shown = sign_in("admin").get("/office/suppressions").text
    assert "postmark" not in shown
    assert 'name="index"' not in shown


def test_an_address_that_is_free_is_told_so(sign_in, suppressed):
    shown = sign_in("support").post("/office/suppressions", email="other@example.org")
    assert "Nothing keeps letters back" in shown.text


@pytest.mark.parametrize("typed", ["", "reader", "a@b", "a@example.org,b@example.org"])
def test_what_is_no_address_is_asked_for_again(sign_in, typed):
    answer = sign_in("support").post("/office/suppressions", email=typed)
    assert answer.status_code == 422
    assert "not a whole e-mail address" in answer.text


def test_one_suppression_is_lifted_and_the_log_says_who_but_not_whom(
    sign_in, session, suppressed, capsys
):
    staff = sign_in("support")
    shown = staff.post("/office/suppressions", email=TO).text
    answer = staff.post("/office/suppressions/lift", **lifted_with(staff, shown))
    assert answer.status_code == 200
    assert "Lifted." in answer.text
    session.rollback()
    assert session.scalars(select(Suppression.scope)).all() == ["reminders"]
    out = capsys.readouterr().out
    assert "suppression lifted" in out
    assert "reader" not in out.lower().replace("suppression lifted", "")


def test_a_form_nobody_was_given_lifts_nothing(sign_in, session, suppressed):
    staff = sign_in("support")
    for fields in (
        {},
        {"index": "zz", "scope": "everything"},
        {"index": "00" * 31, "scope": "everything"},
        {"index": "00" * 32, "scope": "all"},
    ):
        assert staff.post("/office/suppressions/lift", **fields).status_code == 422
    assert (
        staff.post("/office/suppressions/lift", index="00" * 32, scope="wishes").status_code == 200
    )
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Suppression)) == 2


@pytest.mark.parametrize("role", ["editor", "finance", "accountant"])
def test_nobody_else_may_look(sign_in, role):
    staff = sign_in(role)
    assert staff.get("/office/suppressions").status_code == 403
    assert staff.post("/office/suppressions", email=TO).status_code == 403
