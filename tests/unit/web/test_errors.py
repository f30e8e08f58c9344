import structlog
from sqlalchemy.exc import OperationalError

CANARY = "canary@example.org"


def test_a_page_that_breaks_says_so_kindly_and_logs_no_personal_word(app, client, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError(CANARY)

    monkeypatch.setattr("donations.web.public.give.current_edition", broken)
    with structlog.testing.capture_logs() as logs:
        answer = client.get(f"/support?amount={CANARY}")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert logs
    assert CANARY not in repr(logs)
    assert "RuntimeError" in repr(logs)


def test_a_page_that_is_not_there_is_said_in_the_readers_language(client):
    assert "There is no such page" in client.get("/nothing").text
    assert client.get("/ru/nothing").status_code == 404
    assert client.get("/support/thanks/forged").status_code == 404


def test_a_language_the_newsroom_does_not_speak_is_no_page(client):
    for path in ("/xx/", "/de/support", "/en/support"):
        assert client.get(path).status_code == 404


def test_a_form_too_large_is_refused(client):
    assert client.post("/support/checkout", data={"x": "y" * 100_000}).status_code == 413


def test_a_database_away_for_a_while_asks_to_come_back_and_logs_no_personal_word(
    app, client, monkeypatch
):
    def away(*_args, **_kwargs):
        raise OperationalError("SELECT", {"email": CANARY}, Exception(CANARY))

    monkeypatch.setattr("donations.web.public.give.current_edition", away)
    with structlog.testing.capture_logs() as logs:
        answer = client.get("/support")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Please try again in a few minutes" in answer.text
    assert "OperationalError" in repr(logs)
    assert CANARY not in repr(logs)
