import pytest
from structlog.testing import capture_logs

from donations.kernel.database import begin_write
from donations.supporters.directory import recognise

EMAIL = "vera@reader.example"
NAME = "Vera Reader"


@pytest.fixture
def vera(session, master, clock):
    begin_write(session)
    supporter = recognise(
        session, master, email=EMAIL, name=NAME, customer=None, language="en", now=clock.now()
    )
    session.commit()
    return supporter.public_id


@pytest.mark.parametrize(("role", "sees"), [("support", True), ("admin", True), ("finance", False)])
def test_only_those_who_answer_letters_see_who_it_is(sign_in, vera, role, sees):
    page = sign_in(role).get(f"/office/supporters/{vera}")
    assert page.status_code == 200
    assert (EMAIL in page.text, NAME in page.text) == (sees, sees)


@pytest.mark.parametrize("role", ["finance", "admin"])
def test_no_list_and_no_file_holds_an_identity(sign_in, vera, role):
    staff = sign_in(role)
    for path in ("supporters", "supporters.csv"):
        text = staff.get(f"/office/{path}").text
        assert vera in text
        assert EMAIL not in text
        assert NAME not in text


def test_a_look_at_an_identity_is_logged_by_number_and_without_a_name(sign_in, vera):
    staff = sign_in("support")
    with capture_logs() as logs:
        staff.get(f"/office/supporters/{vera}")
    (shown,) = [line for line in logs if line["event"] == "identity shown"]
    assert shown["supporter"] == vera
    assert EMAIL not in str(logs)
    assert NAME not in str(logs)


def test_a_look_without_an_identity_is_no_look(sign_in, vera):
    staff = sign_in("finance")
    with capture_logs() as logs:
        staff.get(f"/office/supporters/{vera}")
    assert not [line for line in logs if line["event"] == "identity shown"]


def test_a_whole_address_finds_one_supporter_and_never_stands_in_a_url(sign_in, vera):
    staff = sign_in("support")
    token = staff.token("/office/supporters")
    find = "/office/supporters/find"
    found = staff.client.post(find, data={"csrf_token": token, "email": f" {EMAIL.upper()} "})
    assert (found.status_code, found.location) == (303, f"/office/supporters/{vera}")
    part = staff.client.post(find, data={"csrf_token": token, "email": "vera"})
    assert part.status_code == 404
    assert staff.get(find).status_code == 404
