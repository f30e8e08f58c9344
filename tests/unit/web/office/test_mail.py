import re

import pytest

from donations.kernel.database import begin_write
from donations.mailer.models import Letter
from donations.mailer.samples import SAMPLES


def test_every_letter_is_listed_with_its_subject_in_every_language(sign_in):
    listed = sign_in("editor").get("/office/mail").text
    for sample in SAMPLES:
        for language in ("en", "ru"):
            assert f"/office/mail/{sample.name}?language={language}" in listed
    assert "Receipt 4821" in listed
    assert "Квитанция" in listed


@pytest.mark.parametrize("sample", [one.name for one in SAMPLES])
def test_each_letter_opens_on_four_screens_that_answer(sign_in, sample):
    staff = sign_in("admin")
    shown = staff.get(f"/office/mail/{sample}?language=ru")
    assert shown.status_code == 200
    assert shown.text.count("<iframe sandbox ") == 4
    frames = set(re.findall(r'<iframe[^>]*src="([^"]+)"', shown.text))
    assert len(frames) == 2
    for frame in frames:
        letter = staff.get(frame.replace("&amp;", "&"))
        assert letter.status_code == 200
        assert 'lang="ru"' in letter.text


def test_only_the_letter_may_style_its_elements_and_it_may_do_nothing_else(sign_in):
    staff = sign_in("editor")
    letter = staff.get("/office/mail/receipt/letter").headers
    policy = letter["Content-Security-Policy"]
    for part in ("default-src 'none'", "sandbox", "frame-ancestors 'self'", "form-action 'none'"):
        assert part in policy
    assert "script-src" not in policy
    assert letter["Cache-Control"] == "no-store"
    page = staff.get("/office/mail/receipt").headers["Content-Security-Policy"]
    assert "unsafe" not in page
    assert "frame-src 'self'" in page
    assert "unsafe" not in staff.get("/office/mail").headers["Content-Security-Policy"]


def test_the_dark_letter_is_dark_and_the_light_one_light(sign_in):
    staff = sign_in("editor")
    assert "@media all" in staff.get("/office/mail/receipt/letter?shade=dark").text
    assert "@media not all" in staff.get("/office/mail/receipt/letter?shade=light").text


def test_what_nobody_could_ask_for_is_refused(sign_in):
    staff = sign_in("editor")
    assert staff.get("/office/mail/receipt?language=xx").status_code == 400
    assert staff.get("/office/mail/receipt/letter?shade=pink").status_code == 400
    assert staff.get("/office/mail/nobody").status_code == 404


def test_what_went_out_is_counted_with_what_came_back(sign_in, session, clock):
    begin_write(session)
    for number in range(3):
        session.add(
            Letter(
                key=f"receipt:{number}",
                template="receipt",
                language="en",
                sending_at=clock.now(),
                sent_at=clock.now(),
                returned_at=clock.now() if number == 0 else None,
                returned_as="bounced" if number == 0 else None,
            )
        )
    session.commit()
    shown = sign_in("admin").get("/office/mail").text
    assert re.search(r"2026-11-24</td>\s*<td>Receipt</td>\s*<td class=\"n\">3</td>", shown)
    assert 'class="tag bounced"' in shown
