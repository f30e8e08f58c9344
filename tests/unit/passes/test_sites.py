import pytest

from donations.kernel.errors import FieldRefused, NotFound
from donations.passes.sites import add_site, every_site, origin_of, remove_site, site_named


def added(session, clock, landing="https://news.example/supporters?from=account"):
    return add_site(session, landing, by="admin", now=clock.now())


def test_a_site_is_known_by_the_origin_of_its_page(session, clock):
    site = added(session, clock)
    assert site.origin == "https://news.example"
    assert [one.public_id for one in every_site(session)] == [site.public_id]
    assert site_named(session, site.public_id).landing.endswith("?from=account")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://News.Example:443/a", "https://news.example"),
        ("https://news.example:8443/a", "https://news.example:8443"),
        ("http://localhost:8090/", "http://localhost:8090"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "landing",
    [
        "",
        "news.example",
        "http://news.example/",
        "javascript:alert(1)",
        "https://somebody@news.example/",
        "https://news.example/#there",
        "https://news.example/a b",
        "https://news.example:99999/",
        "https://news.example/" + "a" * 500,
        "//news.example/",
    ],
)
def test_what_is_no_https_page_is_refused(session, clock, landing):
    with pytest.raises(FieldRefused, match="not_an_address"):
        added(session, clock, landing)
    assert every_site(session) == []


def test_a_site_is_added_once(session, clock):
    added(session, clock)
    with pytest.raises(FieldRefused, match="site_taken"):
        added(session, clock, "https://news.example/other")


def test_a_site_that_was_removed_is_unknown(session, clock):
    site = added(session, clock)
    name = site.public_id
    remove_site(session, name)
    with pytest.raises(NotFound):
        site_named(session, name)
