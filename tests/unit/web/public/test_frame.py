import re

import pytest


def languages(text):
    return re.findall(r'href="([^"]*)"[^>]*hreflang="(\w+)"', text)


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/", {"en": "/", "ru": "/ru/"}),
        ("/ru/", {"en": "/", "ru": "/ru/"}),
        (
            "/support?currency=jpy",
            {"en": "/support?currency=jpy", "ru": "/ru/support?currency=jpy"},
        ),
        ("/ru/privacy", {"en": "/privacy", "ru": "/ru/privacy"}),
    ],
)
def test_the_same_page_is_offered_in_every_language(client, path, there):
    offered = {code: url for url, code in languages(client.get(path).text)}
    assert offered
    for code, url in offered.items():
        assert there[code] == url
        assert client.get(url).status_code == 200


@pytest.mark.parametrize(("path", "lang"), [("/support", "en"), ("/ru/support", "ru")])
def test_a_page_says_its_language_and_direction(client, path, lang):
    assert re.search(rf'<html[^>]*lang="{lang}"[^>]*dir="ltr"', client.get(path).text)


@pytest.mark.parametrize("path", ["/en/", "/en/support", "/de/", "/RU/", "/ru/ru/"])
def test_a_language_has_one_address_only(client, path):
    assert client.get(path).status_code == 404


def test_a_query_cannot_break_out_of_the_page(client):
    page = client.get('/support?x="><script>alert(1)</script>').text
    assert "<script>alert" not in page
