from donations.mail_catcher import letterbox
from donations.mail_catcher.letterbox import Letterbox

RAW = "From: a@mail.example\r\nTo: b@example.org\r\nSubject: {}\r\n\r\nHello\r\n"


def put(box, count):
    for number in range(1, count + 1):
        box.put(RAW.format(number).encode())


def test_the_newest_letters_are_kept_and_come_first(monkeypatch):
    monkeypatch.setattr(letterbox, "KEPT", 3)
    box = Letterbox()
    put(box, 5)
    assert [caught.subject for caught in box.newest_first()] == ["5", "4", "3"]
    assert box.find(1) is None
    assert box.find(5).text.strip() == "Hello"


def test_a_later_run_has_the_letters_of_the_earlier_and_counts_on(tmp_path, monkeypatch):
    monkeypatch.setattr(letterbox, "KEPT", 10)
    put(Letterbox(tmp_path), 12)
    again = Letterbox(tmp_path)
    assert [caught.number for caught in again.newest_first()] == list(range(12, 2, -1))
    assert again.put(RAW.format("new").encode()).number == 13
    assert len(list(tmp_path.glob("*.eml"))) == 10


def test_a_letter_without_anything_is_shown_all_the_same():
    caught = Letterbox().put(b"\r\n")
    assert (caught.subject, caught.to, caught.html) == ("", "", "")
