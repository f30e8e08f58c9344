import re

import pytest

PAGES = ("/", "/ru/", "/support", "/support/safer", "/privacy", "/newsletter", "/remind-me", "/no")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_guarded_and_sets_no_cookie(client, path):
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_anything_of_anybody_else(client, path):
    html = client.get(path).text
    for address in re.findall(r'(?:src|href|action)="([^"]+)"', html):
        assert address.startswith(("/", "#", "mailto:")), address
    assert " style=" not in html
    assert not re.search(r"\son[a-z]+=", html)
    assert html.count("<style>") == 1


def test_the_inline_sheet_is_the_one_the_policy_names(client):
    import base64
    import hashlib

    answer = client.get("/")
    css = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/ru/", "/support", "/ru/support?currency=jpy"])
def test_a_reader_page_is_light(client, path):
    gzipped = client.get(path, headers={"Accept-Encoding": "gzip"})
    smallest = client.get(path, headers={"Accept-Encoding": "br"})
    assert len(gzipped.data) <= 14 * 1024
    assert len(smallest.data) <= 9 * 1024
