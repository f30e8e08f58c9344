from __future__ import annotations

import io
import re
import zipfile
from random import Random

import pytest
from tests_support.booked_life import live

from donations.kernel.database import begin_write
from donations.reports.journal_formats.formats import FORMATS


@pytest.fixture
def booked(session):
    begin_write(session)
    live(session, Random(1), days=40)


@pytest.mark.parametrize("role", ["finance", "accountant", "admin"])
def test_who_reads_the_books_may_take_the_journal_out(sign_in, booked, role):
    staff = sign_in(role)
    page = staff.get("/office/journal?from=2026-08&to=2026-09").text
    assert [*re.findall(r'name="format" value="(\w+)"', page)] == [*FORMATS]
    assert 'value="jpy"' in page
    answer = staff.get("/office/journal/file?format=csv&from=2026-08&to=2026-09")
    assert answer.status_code == 200


@pytest.mark.parametrize("role", ["support", "editor"])
def test_nobody_else_may(sign_in, role):
    staff = sign_in(role)
    assert staff.get("/office/journal").status_code == 403
    assert staff.get("/office/journal/file?format=csv").status_code == 403


def test_last_month_is_offered_first(sign_in):
    page = sign_in("finance").get("/office/journal").text
    assert page.count('value="2026-10"') == 2


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_had(sign_in, booked, name):
    answer = sign_in("finance").get(f"/office/journal/file?format={name}&from=2026-08&to=2026-09")
    assert answer.status_code == 200
    disposition = answer.headers["Content-Disposition"]
    assert f"journal-2026-08-2026-09-{name}" in disposition
    assert answer.data
    if disposition.endswith('.zip"'):
        assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None


def test_a_file_is_of_the_moment_its_page_was_of(sign_in, session, booked):
    staff = sign_in("finance")
    page = staff.get("/office/journal").text
    as_of = re.search(r'name="as_of" value="(\d+)"', page)[1]
    address = f"/office/journal/file?format=beancount&from=2026-08&to=2026-11&as_of={as_of}"
    before = staff.get(address).data
    begin_write(session)
    live(session, Random(2), days=2, name="later")
    assert staff.get(address).data == before
    assert staff.get(address.replace("&as_of", "&was")).data != before


@pytest.mark.parametrize(
    "query",
    [
        "format=sage",
        "format=csv&detail=x",
        "format=csv&from=2026-11&to=2026-10",
        "format=csv&from=1",
    ],
)
def test_what_no_form_of_ours_would_send_is_refused(sign_in, query):
    assert sign_in("finance").get(f"/office/journal/file?{query}").status_code == 400


@pytest.mark.parametrize("name", ["journal", "deferred-revenue", "restricted-funds"])
def test_the_reports_are_pages_and_files(sign_in, booked, name):
    staff = sign_in("accountant")
    where = f"/office/reports/{name}"
    for ending in ("", ".csv", ".xlsx"):
        answer = staff.get(f"{where}{ending}?from=2026-08&to=2026-09")
        assert answer.status_code == 200
        assert answer.data
