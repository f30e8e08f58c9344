import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs
from tests_support.audiences import FakeAudience

from donations.jobs.models import Job
from donations.newsletters.changes import TELL_JOB
from donations.newsletters.confirming import confirm
from donations.newsletters.models import Subscription
from donations.newsletters.subscribing import Request, ask
from donations.web.house import EXTENSION


@pytest.fixture
def readers(app, session, master, clock):
    for number, slugs in enumerate((("weekly",), ("weekly", "morning"))):
        wanted = Request(slugs, f"r{number}@reader.example", "en", "Yes", "article")
        ask(session, master, wanted, now=clock.now())
    names = session.scalars(select(Subscription.public_id)).all()
    confirm(session, names, clock.now())
    waiting = Request(("long-read",), "waits@reader.example", "ru", "Да", "newsletter")
    ask(session, master, waiting, now=clock.now())


@pytest.fixture
def connected(app):
    house = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(house, audience=FakeAudience())


def fail(session, **how):
    session.execute(update(Job).where(Job.kind == TELL_JOB).values(**how))
    session.commit()


def test_an_editor_sees_counts_and_never_an_address(readers, sign_in):
    page = sign_in("editor").get("/office/newsletters").text
    assert "The Week from" in page
    assert "Beside the appeal" in page
    assert "November 2026" in page
    assert "reader.example" not in page
    assert "A file of the readers" not in page


def test_an_empty_page_says_what_will_be_there(sign_in):
    page = sign_in("editor").get("/office/newsletters")
    assert 'class="empty"' in page.text
    assert "None is connected" in page.text


def test_the_sync_tells_why_it_is_behind_and_tries_again(readers, connected, sign_in, session):
    fail(session, state="dead", last_error="Mailchimp refused it (400: Invalid Resource)")
    staff = sign_in("editor")
    page = staff.get("/office/newsletters").text
    assert "Invalid Resource" in page
    assert "Gave up" in page
    assert "3 readers stand otherwise there" in page
    assert staff.post("/office/newsletters/retry").status_code == 303
    session.rollback()
    jobs = session.scalars(select(Job).where(Job.kind == TELL_JOB)).all()
    assert {(job.state, job.attempts) for job in jobs} == {("ready", 0)}


def test_the_file_of_readers_is_an_administrators_and_logged_by_pseudonym(readers, sign_in):
    staff = sign_in("admin")
    assert "names people" in staff.get("/office/newsletters").text
    with capture_logs() as logs:
        answer = staff.post("/office/newsletters/readers.csv", understood="yes")
        text = answer.text  # the file is written while it is read
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="readers-2026')
    lines = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert sorted((line["email"][:2], line["newsletter"]) for line in lines) == [
        ("r0", "weekly"),
        ("r1", "morning"),
        ("r1", "weekly"),
    ]
    told = [entry for entry in logs if "readers" in entry["event"]]
    assert {entry["staff"] for entry in told} == {1}
    assert told[-1]["readers"] == 3
    assert "reader.example" not in repr(logs)


def test_one_newsletters_readers_can_be_asked_for(readers, sign_in):
    answer = sign_in("admin").post(
        "/office/newsletters/readers.csv", understood="yes", newsletter="morning"
    )
    assert answer.text.count("reader.example") == 1


@pytest.mark.parametrize(
    ("fields", "status"), [({}, 422), ({"understood": "yes", "newsletter": "gazette"}, 400)]
)
def test_without_saying_so_or_for_a_newsletter_that_is_none_there_is_no_file(
    readers, sign_in, fields, status
):
    answer = sign_in("admin").post("/office/newsletters/readers.csv", **fields)
    assert answer.status_code == status
    assert "reader.example" not in answer.text


@pytest.mark.parametrize("role", ["editor", "finance", "support"])
def test_nobody_else_gets_the_file(readers, sign_in, role):
    answer = sign_in(role).post("/office/newsletters/readers.csv", understood="yes")
    assert answer.status_code == 403
