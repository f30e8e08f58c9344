import structlog
from tests_support.banking import bank_lines, line, payout, take_in


def test_open_lines_come_first_with_what_they_may_be(sign_in, session, master):
    payout(session)
    take_in(session, master, line(), line(999), line())
    page = sign_in("accountant").get("/office/bank").text
    assert "Payout of 2026-11-19" in page
    assert "nothing we know of" in page
    assert page.index("May be") < page.index("Found by")


def test_lines_are_narrowed_by_what_is_known_of_them(sign_in, session, master):
    take_in(session, master, line())
    staff = sign_in("finance")
    assert "/office/bank/1" in staff.get("/office/bank?state=open&month=2026-11&currency=usd").text
    assert "/office/bank/1" not in staff.get("/office/bank?state=matched").text
    assert staff.get("/office/bank?state=lost").status_code == 400


def test_what_a_line_says_is_shown_to_those_who_match_and_it_is_noted(sign_in, session, master):
    take_in(session, master, line(text="GIFT OF ANNA MUSTER"))
    [which] = bank_lines(session)
    path = f"/office/bank/{which.id}"
    with structlog.testing.capture_logs() as logs:
        assert "ANNA MUSTER" in sign_in("finance").get(path).text
    [noted] = [log for log in logs if log["event"] == "bank text shown"]
    assert noted["line"] == which.id
    assert "ANNA" not in str(logs)
    assert "ANNA" not in sign_in("accountant").get(path).text
    assert "ANNA" not in sign_in("admin").get("/office/bank").text


def test_a_line_there_is_not_is_not_found(sign_in):
    assert sign_in("finance").get("/office/bank/999").status_code == 404
