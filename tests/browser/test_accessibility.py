"""axe finds nothing on any reader page, in either language, light or dark; nothing overflows."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/support",
    "/support?currency=jpy",
    "/support/safer",
    "/remind-me",
    "/newsletter",
    "/newsletter/preview",
    "/newsletter/preview/morning",
    "/newsletter/preferences",
    "/privacy",
    "/support/thanks/nothing",
)


@pytest.mark.parametrize("language", ["", "/ru"])
@pytest.mark.parametrize("path", PATHS)
def test_a_reader_page_meets_wcag_in_light_and_dark(open_page, path, language):
    for dark in (False, True):
        page = open_page(dark=dark, width=360)
        page.goto(language + path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1440])
@pytest.mark.parametrize("path", ["/", "/ru/", "/ru/support", "/ru/newsletter"])
def test_no_page_is_wider_than_its_window(open_page, path, width):
    page = open_page(width=width)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
