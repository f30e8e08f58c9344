import gzip

import brotli
import pytest

from donations.appeals.editions import SAMPLE, current_version, publish, read_folder
from donations.kernel.database import begin_write
from donations.web.public import page_cache
from donations.web.public.page_cache import PageCache, Telling


class Inner:
    def __init__(self):
        self.calls = 0

    def __call__(self, _environ, start_response):
        self.calls += 1
        start_response("200 OK", [("Content-Type", "text/html"), ("X-Own", "kept")])
        return [f"page {self.calls}".encode()]


@pytest.fixture
def seconds(monkeypatch):
    class Seconds:
        now = 0.0

    clock = Seconds()
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: clock.now)
    return clock


@pytest.fixture
def inner():
    return Inner()


@pytest.fixture
def stamp():
    return {"value": 1, "error": None}


@pytest.fixture
def cached(inner, stamp, seconds):
    def ask():
        if stamp["error"]:
            raise stamp["error"]
        return stamp["value"]

    return PageCache(inner, [("/", ""), ("/", "currency=eur")], ask)


def get(cache, path="/", query="", method="GET", **headers):
    answer = {}

    def start(status, given):
        answer.update(status=status[:3], headers=dict(given))

    environ = {
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        **{f"HTTP_{name}": value for name, value in headers.items()},
    }
    body = b"".join(cache(environ, start))
    return answer["status"], answer["headers"], body


def test_a_page_is_made_once_for_everyone(cached, inner):
    assert get(cached)[2] == get(cached)[2] == b"page 1"
    assert inner.calls == 1


def test_a_page_keeps_the_headers_it_was_made_with(cached):
    _, headers, _ = get(cached)
    assert headers["X-Own"] == "kept"
    assert headers["Cache-Control"].startswith("public")
    assert headers["Vary"] == "Accept-Encoding"


def test_the_templates_indentation_is_not_sent(stamp):
    def indented(_environ, start_response):
        start_response("200 OK", [("Content-Length", "25")])
        return [b"<ul>\n    <li>a  b\n\n  </ul>"]

    _, headers, body = get(PageCache(indented, [("/", "")], lambda: 1))
    assert body == b"<ul>\n<li>a  b\n</ul>"
    assert headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize(
    ("accepts", "encoding", "opened"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_a_page_comes_as_small_as_the_browser_can_read(cached, accepts, encoding, opened):
    _, headers, body = get(cached, ACCEPT_ENCODING=accepts)
    assert headers.get("Content-Encoding") == encoding
    assert int(headers["Content-Length"]) == len(body)
    assert opened(body) == b"page 1"


def test_a_page_the_browser_has_is_not_sent_again(cached):
    _, headers, _ = get(cached)
    status, again, body = get(cached, IF_NONE_MATCH=headers["ETag"])
    assert (status, body) == ("304", b"")
    assert again["ETag"] == headers["ETag"]
    assert get(cached, IF_NONE_MATCH='"other"')[0] == "200"


def test_other_addresses_and_methods_pass_through(cached, inner):
    for asked in (
        {"query": "amount=5"},
        {"path": "/office/"},
        {"method": "POST"},
        {"method": "HEAD"},
    ):
        get(cached, **asked)
        get(cached, **asked)
    assert inner.calls == 8


def test_what_a_page_is_made_from_is_looked_at_again_after_a_moment(cached, stamp, seconds):
    get(cached)
    stamp["value"] = 2
    assert get(cached)[2] == b"page 1"
    seconds.now += page_cache.FRESH_SECONDS + 0.1
    assert get(cached)[2] == b"page 2"


def test_a_database_that_is_away_costs_no_reader_the_page(cached, stamp, seconds):
    get(cached)
    stamp["error"] = OSError()
    seconds.now += page_cache.FRESH_SECONDS + 0.1
    assert get(cached)[2] == b"page 1"


@pytest.fixture
def telling(inner, stamp, seconds):
    """Pages told apart by the word in a header, on one path."""
    told = Telling(("/",), lambda environ: environ.get("HTTP_COOKIE", ""))
    return PageCache(inner, [("/", ""), ("/plain", "")], lambda: stamp["value"], told)


def test_a_page_told_apart_is_made_once_for_each_marker(telling, inner):
    everybody = get(telling)
    march, again, april = (get(telling, COOKIE=month) for month in ("03", "03", "04"))
    assert (everybody[2], march[2], april[2]) == (b"page 1", b"page 2", b"page 3")
    assert again == march
    assert get(telling) == everybody
    assert inner.calls == 3


def test_a_page_told_apart_says_so_and_is_kept_by_nobody_between(telling):
    everybody, march = get(telling)[1], get(telling, COOKIE="03")[1]
    assert everybody["Vary"] == march["Vary"] == "Accept-Encoding, Cookie"
    assert everybody["Cache-Control"].startswith("public")
    assert march["Cache-Control"] == "private, no-cache"
    assert get(telling, COOKIE="03", IF_NONE_MATCH=march["ETag"])[0] == "304"
    assert get(telling, IF_NONE_MATCH=march["ETag"])[0] == "200"


def test_a_marker_changes_nothing_where_pages_are_the_same_for_everyone(telling, inner):
    plain, marked = get(telling, "/plain"), get(telling, "/plain", COOKIE="03")
    assert plain == marked
    assert plain[1]["Vary"] == "Accept-Encoding"
    assert inner.calls == 1


def test_pages_of_a_marker_are_dropped_when_what_they_were_made_from_is_over(
    telling, stamp, seconds
):
    for month in ("01", "02", "03"):
        get(telling, COOKIE=month)
    stamp["value"] = 2
    get(telling, COOKIE="04")
    assert {address[2] for address in telling._pages} == {"04"}


def test_an_error_is_never_kept(stamp):
    def failing(_environ, start_response):
        start_response("500 ERROR", [])
        return [b"sorry"]

    cache = PageCache(failing, [("/", "")], lambda: 1)
    assert get(cache)[0] == get(cache)[0] == "500"


def test_a_new_edition_is_read_within_the_moment(client, session, clock, settings, seconds):
    assert "Dear readers" in client.get("/").text
    begin_write(session)
    contents = read_folder(SAMPLE, settings.newsroom.languages)
    contents["en"]["appeal"]["salutation"] = "Good evening,"
    publish(session, contents, now=clock.now())
    session.commit()
    assert current_version(session) == 2
    seconds.now += page_cache.FRESH_SECONDS + 0.1
    assert "Good evening," in client.get("/").text
