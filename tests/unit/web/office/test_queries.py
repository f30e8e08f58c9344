import pytest


@pytest.mark.parametrize("stranger", ["endpoint", "_scheme", "_external", "_anchor", "after", "x"])
@pytest.mark.parametrize("page", ["gifts", "supporters", "income", "inbox"])
def test_a_strange_word_in_the_address_travels_no_further(sign_in, page, stranger):
    answer = sign_in("admin").get(f"/office/{page}?{stranger}=javascript")
    assert answer.status_code == 200
    assert "javascript" not in answer.text.replace("text/javascript", "")


def test_an_export_is_of_what_the_screen_shows(sign_in):
    page = sign_in("finance").get("/office/gifts?month=2026-11&state=awaiting").text
    assert 'href="/office/gifts.csv?month=2026-11&amp;state=awaiting"' in page


def test_a_period_is_a_year_back_unless_it_is_named(sign_in):
    staff = sign_in("finance")
    assert 'name="from" value="2025-12"' in staff.get("/office/income").text
    assert 'name="from" value="2026-03"' in staff.get("/office/income?from=2026-03").text
    assert 'name="from" value="2026-11"' in staff.get("/office/income?period=all").text
